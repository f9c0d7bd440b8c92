"""A migrated database for Prefect servers of tests: made once per session, copied per server."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from ff_analytics.engine.base.settings import PROJECT_ROOT


def migrated(home: Path, factory: pytest.TempPathFactory) -> None:
    """Put a migrated database into the PREFECT_HOME `home`, where a server finds it.

    The migration takes a server that starts on an empty folder seven seconds of processor time.
    """
    base = factory.getbasetemp()
    # All processes of a session share the folder above their own.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    template = shared / "prefect-template"
    with FileLock(f"{template}.lock"):
        if not (template / "prefect.db").exists():
            _migrate(shared / "prefect-migrating")
            (shared / "prefect-migrating").rename(template)
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(template / "prefect.db", home)


def _migrate(home: Path) -> None:
    command = ["prefect", "server", "database", "upgrade", "-y"]
    done = subprocess.run(
        [sys.executable, "-m", *command],
        env={**os.environ, "PREFECT_HOME": str(home)},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
