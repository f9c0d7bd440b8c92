"""`ff run --watch`: runs again after a change, with the changed code."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT
from tests.waiting import LIMIT, PATIENCE, until

pytestmark = pytest.mark.timeout(LIMIT)
PIPELINE = "production-etl"


@pytest.fixture
def watched() -> Iterator[Path]:
    """A file of the project that no run reads."""
    file = PROJECT_ROOT / "leagues" / "watched-by-a-test.txt"
    file.write_text("one\n")
    yield file
    file.unlink()


def test_a_changed_file_starts_the_run_again(tmp_path: Path, watched: Path) -> None:
    source, log = tmp_path / "a.csv", tmp_path / "log.txt"
    source.write_text("id,name\n1,Zib\n")
    target = ["--source-url", source.as_uri(), "--target-table", "public.a"]
    command = [sys.executable, "-m", "ff_analytics.cli", "run", PIPELINE, *target, "--watch"]
    env = {"FF_DATA_DIR": str(tmp_path / "data"), "FF_FILE_SOURCES": str(tmp_path)}
    with log.open("w") as stream:
        process = subprocess.Popen(
            command, cwd=PROJECT_ROOT, env={**os.environ, **env}, stderr=stream, stdout=stream
        )
    try:
        until("the first run is over", lambda: waits(process, log) == 1)
        watched.write_text("two\n")
        until("the second run is over", lambda: waits(process, log) == 2)
        assert "changed: leagues/watched-by-a-test.txt" in log.read_text()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


def waits(process: subprocess.Popen[bytes], log: Path) -> int:
    """How often the command, which must not have ended, has said that it waits for a change."""
    assert process.poll() is None, log.read_text()
    return log.read_text().count("Waiting for a change")
