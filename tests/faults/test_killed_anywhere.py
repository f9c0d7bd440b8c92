"""A run without a server, killed at every named instant, and run again."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.reader import Reader, check_settled, check_whole
from tests.fakes.small_league import WANTED, League
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)

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


@contextmanager
def memory_group(limit: int) -> Iterator[Path]:
    """A memory cgroup (v1 or v2) of `limit` bytes; skips where none can be made."""
    root = Path("/sys/fs/cgroup")
    old = (root / "memory").is_dir()
    group = root / ("memory" if old else "") / f"ff-test-{os.getpid()}"
    try:
        group.mkdir()
        try:
            name = "memory.limit_in_bytes" if old else "memory.max"
            (group / name).write_text(str(limit))
            yield group
        finally:
            group.rmdir()
    except OSError as error:
        pytest.skip(f"no memory cgroup of our own here: {error}")


def test_a_run_that_the_kernel_kills_for_its_memory_converges(league: League) -> None:
    league.restore("stale")
    with memory_group(150 * 2**20) as group, Reader(league) as reader:
        join = f"import os; open({str(group / 'cgroup.procs')!r}, 'w').write(str(os.getpid()))"
        script = f"{join}; from ff_analytics.cli.main import main; main(['run', 'valuation'])"
        killed = league.run_script(script)
        said = killed.communicate()[1]
        assert killed.returncode == -signal.SIGKILL, said
    check_whole(league)
    assert league.run(**WANTED).outcome == "completed"
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
