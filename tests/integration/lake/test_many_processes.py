"""One lake, many processes: nothing lost, nothing raised, a lock that names its holder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeBusy
from ff_analytics.engine.base.settings import Settings
from tests.waiting import until

WORKER = Path(__file__).with_name("lake_process.py")
WRITERS = 4


def spawn(*arguments: str, **env: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(WORKER), *arguments], env={**os.environ, **env})


def test_four_writers_and_two_readers_lose_and_raise_nothing(lake_settings: Settings) -> None:
    mixed = bool(lake_settings.lake_catalog) != bool(lake_settings.lake_data)
    commits = 5 if mixed else 15
    writers = [spawn("write", str(number), str(commits)) for number in range(WRITERS)]
    stop = lake_settings.data / "stop"
    readers = [spawn("read", str(stop)) for _ in range(1 if mixed else 2)]
    codes = [writer.wait(240) for writer in writers]
    stop.parent.mkdir(exist_ok=True)
    stop.touch()
    codes += [reader.wait(60) for reader in readers]
    assert codes == [0] * len(writers + readers)
    rows = lake.read("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM raw_test.rows")
    assert rows.row(0) == (WRITERS * commits, WRITERS * commits)


def held() -> bool:
    try:
        with lake.exclusive("probe", timeout=0.01):
            return False
    except LakeBusy:
        return True


def holding() -> subprocess.Popen[bytes]:
    process = spawn("hold")
    until("the holder takes the lock", held)
    return process


def commit_one() -> None:
    frame = pl.DataFrame({"id": [1]})
    who = lake.Provenance(author="second", message="m")
    lake.commit(who, lambda con: lake.upsert(con, frame, "raw_test.rows", ("id",)), timeout=2.0)


def test_a_held_lock_is_waited_for_and_then_named(lake_settings: Settings) -> None:
    commit_one()
    process = holding()
    try:
        named = rf"patient-holder \(pid {process.pid}.*\) since 20"
        with pytest.raises(LakeBusy, match=named), lake.exclusive("second", timeout=0.5):
            pass
    finally:
        process.kill()
        process.wait()


def test_a_killed_holder_frees_the_lock_at_once(lake_settings: Settings) -> None:
    process = holding()
    process.send_signal(signal.SIGKILL)
    process.wait()
    with lake.exclusive("second", timeout=2.0):
        pass
    commit_one()
    assert lake.read("SELECT count(*) FROM raw_test.rows").item() == 1
