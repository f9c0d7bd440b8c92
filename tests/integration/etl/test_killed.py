"""A load that is killed leaves the table as it was, or whole; the next one converges."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.rows import RowsSource
from tests.integration.etl.conftest import Load

LOAD = """
import sys
from ff_analytics.engine.etl.run import run_etl
run_etl({"source_url": sys.argv[1], "target_table": "public.t", "paging": "link"})
"""


@pytest.mark.parametrize(("at", "rows"), [("lake.before-commit", 0), ("lake.after-commit", 25)])
def test_a_killed_append_converges(
    base: str,
    load: Load,
    source: RowsSource,
    stored: Callable[[str], list[tuple[Any, ...]]],
    at: str,
    rows: int,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD, f"{base}/link"],
        env={**os.environ, "FF_FAULT": f"{at}=kill"},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    report = load("link", paging="link")
    assert (report.counts.new, report.counts.repeated) == (25 - rows, rows)
    assert stored("SELECT count(*), count(DISTINCT id) FROM public.t") == [(25, 25)]
