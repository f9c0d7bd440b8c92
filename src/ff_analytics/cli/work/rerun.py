"""`ff run --watch`: run again whenever a file of the project changes.

The slow imports (dbt, numpy) are done once. Each run is a fork, which imports the project's
modules again; on other systems than Linux it is a new process.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from ff_analytics.cli import console
from ff_analytics.platform.local.warm import stale

# None of them starts a thread: a fork takes along only the thread that forks.
PRELOADED = ("dbt.cli.main", "dbt.task.build", "numpy", "jinja2", "pydantic", "httpx")
_POLL_S = 0.25


def watch(words: Sequence[str], run: Callable[[], int]) -> int:
    """Run `ff run WORDS`, which is `run`, now and after each change, until Ctrl-C."""
    forks = sys.platform == "linux"
    if forks:
        _preload()
    stamp = stale.stamp()
    while True:
        started = time.monotonic()
        code = _forked(words, run) if forks else _command(words)
        if code in (2, 130):
            # Wrong use stays wrong; Ctrl-C ends the loop.
            return code
        console.note(f"{time.monotonic() - started:.1f} s. Waiting for a change; Ctrl-C ends.")
        changed, stamp = _changed(stamp)
        console.note(f"\nchanged: {_named(changed)}")
        if forks and _imported(changed):
            _start_over(words)


def _preload() -> None:
    # Its pool of threads would be in the way of a fork.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for module in PRELOADED:
        import_module(module)


def _forked(words: Sequence[str], run: Callable[[], int]) -> int:
    """Exit code of `ff run WORDS` in a fork of this process."""
    from ff_analytics.cli.main import guarded

    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        # By the usual way out, so that libraries clean up.
        sys.exit(guarded(["run", *words], run))
    return _ended(child)


def _ended(child: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except KeyboardInterrupt:
        # The terminal has sent the signal to the child as well; it says how it ends.
        os.waitpid(child, 0)
        return 130


def _command(words: Sequence[str]) -> int:
    command = [sys.executable, "-m", "ff_analytics.cli", "run", *words]
    return subprocess.run(command, cwd=console.Place.called_from, check=False).returncode


def _changed(before: stale.Stamp) -> tuple[set[str], stale.Stamp]:
    """Files that are new, gone or different, once they have stopped changing; and the new stamp."""
    while True:
        time.sleep(_POLL_S)
        now = stale.stamp()
        if now == before:
            continue
        while (settled := stale.stamp()) != now:
            now = settled
            time.sleep(_POLL_S)
        paths = before.keys() | now.keys()
        if changed := {path for path in paths if before.get(path) != now.get(path)}:
            return changed, now


def _named(changed: set[str]) -> str:
    first = min(changed)
    name = os.path.relpath(first, stale.ROOT) if Path(first).is_relative_to(stale.ROOT) else first
    return name if len(changed) == 1 else f"{name} and {len(changed) - 1} more"


def _imported(changed: set[str]) -> bool:
    """Whether this process, which every fork copies, holds an older version of one of them."""
    held = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    others = (path for path in changed if not Path(path).is_relative_to(stale.ROOT / "src"))
    outside = any("site-packages" in path or path.endswith((".lock", ".cfg")) for path in others)
    return outside or bool(held & changed)


def _start_over(words: Sequence[str]) -> None:
    """Become a new process of the same command."""
    os.chdir(console.Place.called_from)
    sys.stdout.flush()
    command = [sys.executable, "-m", "ff_analytics.cli", "run", *words, "--watch"]
    os.execv(sys.executable, command)
