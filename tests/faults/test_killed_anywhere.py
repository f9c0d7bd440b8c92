"""A run without a server, killed at every named instant and at random ones, and run again."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.fakes.reader import Reader, check_settled, check_whole
from tests.fakes.small_league import WANTED, League

pytestmark = pytest.mark.timeout(300)

# Those that test_killed_by_stage leaves out: whether the marts must be rebuilt, the instant of
# the kill, the last stage done before it.
INSTANTS = [
    ("stale", "lake.before-commit", "starting"),
    ("stale", "lake.after-commit", "starting"),
    ("stale", "dbt.before-build", "ingest-check"),
    ("stale", "dbt.after-build", "ingest-check"),
    ("warm", "compute.before", "load-mart"),
    ("warm", "write-parquet.after-replace", "compute"),
    ("warm", "dbt.before-build", "write-parquet"),
    ("warm", "build-dbt-marts.after", "write-parquet"),
]


def last_stage(said: str) -> str:
    """The last stage that a run reported as done; `starting` before the first one."""
    names = ("starting", "ingest-check", "load-mart", "compute", "write-parquet", "build-dbt-marts")
    return [line.split()[0] for line in said.splitlines() if line.startswith(names)][-1]


@pytest.mark.parametrize(("state", "instant", "done"), INSTANTS)
def test_a_killed_run_converges(league: League, state: str, instant: str, done: str) -> None:
    league.restore(state)
    with Reader(league) as reader:
        killed = league.start(FF_FAULT=f"{instant}=kill")
        said = killed.communicate()[1]
        assert killed.returncode == -signal.SIGKILL, said
        assert last_stage(said) == done
        check_whole(league)
        report = league.run(**WANTED)
    assert report.outcome == "completed", report.error
    reader.check()
    check_settled(league)


def test_a_run_killed_again_and_again_at_random_converges(league: League) -> None:
    league.restore("stale")
    seed = int(os.environ.get("FF_TEST_SEED", time.time_ns() % 1_000_000))
    sys.stdout.write(f"repeat with FF_TEST_SEED={seed}\n")
    moments = random.Random(seed)
    with Reader(league) as reader:
        for _ in range(3):
            process = league.start()
            try:
                process.communicate(timeout=moments.uniform(0.5, 5.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
            check_whole(league)
        report = league.run(**WANTED)
    assert report.outcome == "completed", report.error
    reader.check()
    check_settled(league)


def test_what_a_killed_run_left_goes_after_an_hour(league: League) -> None:
    league.start(FF_FAULT="write-parquet.before-replace=kill").communicate()
    (leftover,) = league.latest.parent.glob(".latest.parquet.*.tmp")
    league.run(**WANTED)
    assert leftover.exists()
    os.utime(leftover, (time.time() - 3700,) * 2)
    league.run(**WANTED)
    assert not leftover.exists()
