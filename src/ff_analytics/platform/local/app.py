"""The web app as a service of the quickstart. It is a process of its own: no import leads there."""

import os
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.processes.services import Service, ServiceFailed, wait_until


def start(log: Path, env: Mapping[str, str], note: Callable[[str], None]) -> Service | None:
    """The app, once it serves; None with a note when it does not start: runs need no app."""
    offset = log.stat().st_size if log.exists() else 0
    service = Service("app", ["ff_analytics.app"], log, env, PROJECT_ROOT)

    def ready() -> bool:
        return "The app: " in log.read_text(errors="replace")[offset:]

    try:
        wait_until("Starting the app", ready, service, 60)
    except ServiceFailed as error:
        service.stop()
        note(f"note: {error}")
        return None
    except BaseException:
        service.stop()
        raise
    return service


def address(env: Mapping[str, str]) -> str:
    """An address of the running app that logs in once; empty when it does not answer."""
    done = subprocess.run(
        [sys.executable, "-m", "ff_analytics.cli", "open", "app", "--print"],
        cwd=PROJECT_ROOT,
        env={**os.environ, **env},
        text=True,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def show(env: Mapping[str, str], note: Callable[[str], None]) -> None:
    """Say where the app is, and open it where a person looks at the terminal."""
    if not (there := address(env)):
        note("the app runs: ff open opens it")
        return
    note(f"the app (this address logs in once; later: ff open): {there}")
    if sys.stdout.isatty():
        webbrowser.open(there)
