"""`python flows/<file>.py` runs the flow's work or prints what to type."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT

# What a file without arguments ends with, in a folder without data and credentials.
ENDS = {
    "analytics": (2, "ff run valuation"),
    "backtest": (1, "No lake at"),
    "content_plan_to_jira": (2, "No credentials 'google'"),
    "enterprise_data_pipeline": (2, "--source-url"),
    "ingest": (2, "ff ingest sample"),
    "leagues": (1, "No lake at"),
    "maintenance": (1, "No lake at"),
    "warehouse": (1, "No lake at"),
    "workspace_check": (0, "Hello"),
}
FLOWS = sorted(file.stem for file in (PROJECT_ROOT / "flows").glob("[a-z]*.py"))


def script(flow: str, data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    empty = {name: "" for name in os.environ if name.startswith(("GOOGLE_", "JIRA_"))}
    return subprocess.run(
        [sys.executable, f"flows/{flow}.py", *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, **empty, "FF_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("flow", FLOWS)
def test_a_flow_file_never_exits_silently(flow: str, tmp_path: Path) -> None:
    done = script(flow, tmp_path)
    assert (done.returncode, ENDS[flow][1] in done.stderr) == (ENDS[flow][0], True), done.stderr


def test_a_flow_file_runs_with_options_and_without_a_server(tmp_path: Path) -> None:
    words = ("--source-url", "examples/daily_metrics.ndjson", "--target-table", "public.daily")
    done = script("enterprise_data_pipeline", tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "lake" / "catalog.sqlite").exists()
    assert "public.daily" in done.stderr
