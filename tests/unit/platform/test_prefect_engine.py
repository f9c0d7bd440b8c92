"""The output of a run lies in a file of its own, from its first line on."""

import os
import runpy
import subprocess
import sys
import warnings
from pathlib import Path
from uuid import uuid4

import pytest

from ff_analytics.engine.base.settings import Settings
from ff_analytics.platform.local import prefect_engine


def launch(run: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The pool's command as a worker starts it, without a server."""
    return subprocess.run(
        [sys.executable, "-m", "ff_analytics.platform.local.prefect_engine"],
        cwd=folder,
        env={**os.environ, "PREFECT__FLOW_RUN_ID": run, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_error_before_the_flow_starts_is_in_the_file(
    lake_settings: Settings, tmp_path: Path
) -> None:
    run = str(uuid4())
    names = {"PREFECT__FLOW_NAME": "analytics", "PREFECT__DEPLOYMENT_NAME": "valuation"}
    for attempt in (1, 2):
        done = launch(run, tmp_path, PREFECT_LOGGING_LEVEL="LOUD", **names)
        assert done.returncode != 0
        assert (done.stdout, done.stderr) == ("", "")
        log = (lake_settings.run_logs_dir / f"{run}.log").read_text()
        assert log.count(f"analytics/valuation, flow run {run}") == attempt
        assert log.count("Traceback") == attempt
        assert "LOUD" in log


def test_the_engine_starts_where_no_file_can_be_written(
    lake_settings: Settings, tmp_path: Path
) -> None:
    lake_settings.data.mkdir(parents=True)
    (lake_settings.data / "logs").touch()
    done = launch("no-id", tmp_path)
    assert "goes to the worker, not to a file: [Errno" in done.stderr
    assert "Invalid flow run id" in done.stderr


def test_a_wrong_setting_is_left_to_the_flow(lake_settings: Settings, tmp_path: Path) -> None:
    done = launch("no-id", tmp_path, FF_RUN_RETENTION_DAYS="soon")
    assert "goes to the worker, not to a file: FF_RUN_RETENTION_DAYS is 'soon'" in done.stderr
    assert "Invalid flow run id" in done.stderr


def test_a_connection_that_nobody_closed_says_nothing_in_a_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PREFECT__FLOW_RUN_ID", raising=False)
    monkeypatch.setattr(sys, "argv", ["test"])

    def engine(*_: object, **__: object) -> None:
        warnings.warn("unclosed <socket>", ResourceWarning, stacklevel=1)

    monkeypatch.setattr(runpy, "run_module", engine)
    # Outside of a run it is an error, as in all tests.
    with pytest.raises(ResourceWarning):
        engine()
    with warnings.catch_warnings():
        prefect_engine.plain()
