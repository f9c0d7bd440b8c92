"""One lake, many processes: nothing lost, nothing raised, a lock that names its holder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from ff_analytics import lake
from ff_analytics.errors import LakeBusy
from ff_analytics.settings import Settings

WORKER = Path(__file__).with_name("lake_process.py")
WRITERS, COMMITS = 4, 30


def spawn(*arguments: str, **env: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(WORKER), *arguments], env={**os.environ, **env})


def test_four_writers_and_two_readers_lose_and_raise_nothing(lake_settings: Settings) -> None:
    writers = [spawn("write", str(number), str(COMMITS)) for number in range(WRITERS)]
    stop = lake_settings.data / "stop"
    readers = [spawn("read", str(stop)) for _ in range(2)]
    codes = [writer.wait(240) for writer in writers]
    stop.touch()
    codes += [reader.wait(60) for reader in readers]
    assert codes == [0] * (WRITERS + 2)
    rows = lake.read("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM raw_test.rows")
    assert rows.row(0) == (WRITERS * COMMITS, WRITERS * COMMITS)


def holding(settings: Settings) -> subprocess.Popen[bytes]:
    process = spawn("hold")
    note = settings.lake_dir / "catalog.holder.json"
    deadline = time.monotonic() + 30
    while not note.exists():
        assert time.monotonic() < deadline, "the holder never took the lock"
        time.sleep(0.05)
    return process


def commit_one(timeout: float) -> None:
    frame = pl.DataFrame({"id": [1]})
    who = lake.Provenance(author="second", message="m")
    lake.commit(who, lambda con: lake.upsert(con, frame, "raw_test.rows", ("id",)), timeout=timeout)


def test_a_held_lock_is_waited_for_and_then_named(lake_settings: Settings) -> None:
    process = holding(lake_settings)
    try:
        with pytest.raises(LakeBusy, match=rf"patient-holder \(pid {process.pid}\) since 20"):
            commit_one(timeout=0.5)
    finally:
        process.kill()
        process.wait()


def test_a_killed_holder_frees_the_lock_at_once(lake_settings: Settings) -> None:
    process = holding(lake_settings)
    process.send_signal(signal.SIGKILL)
    process.wait()
    commit_one(timeout=2.0)
    assert lake.read("SELECT count(*) FROM raw_test.rows").item() == 1
