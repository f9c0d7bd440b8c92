"""A process that opens the lake again and again, as the watch does, keeps its size."""

import subprocess
import sys

import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import ensure_all

LOOKS, WARM_UP = 120, 40
# The schema cache alone grew by more than 40 MB in the looks after the warm-up.
ALLOWED_MB = 15

LOOP = """
import os, subprocess
from ff_analytics.platform import doctor
from ff_analytics.platform.watch import observe
from ff_analytics.engine.sources import registry as sources

few = dict(list(sources.by_table().items())[:1])
sources.by_table = lambda: few

def megabytes():
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True)
    return int(listed.stdout) // 1024

for turn in range({looks}):
    {look}
    if turn % 5 == 0:
        print(megabytes(), flush=True)
"""


@pytest.fixture
def every_table(lake_settings: Settings) -> None:
    """A lake with the empty tables of all sources."""
    lake.commit(lake.Provenance(author="test", message="tables"), ensure_all)


@pytest.mark.parametrize(
    "look",
    [
        "assert observe.of_lake() == []",
        "assert [line.what for line in doctor.the_lake()] == ['lake']",
    ],
    ids=["watch", "doctor"],
)
@pytest.mark.usefixtures("every_table")
def test_many_looks_at_the_lake_leave_the_process_as_large_as_a_few(
    look: str,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOP.format(looks=LOOKS, look=look)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    sizes = [int(line) for line in done.stdout.split()]
    warm, rest = sizes[: WARM_UP // 5], sizes[WARM_UP // 5 :]
    assert max(rest) - max(warm) < ALLOWED_MB, sizes
