"""The watch beside the workers of one machine: started with the first, ended with the last.

Each worker locks its own file; the kernel frees the lock however the worker dies, and an orderly
stop removes the file. So the watch distinguishes both ends: after an orderly stop it ends
with the last worker. After a kill it runs for another ten minutes, to report lost runs.
"""

import asyncio
import atexit
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings

# Seconds that the watch outlives workers that were killed: findings need at most a minute.
OUTLIVES = 600.0
# Lock files stay locked as long as their file objects live.
_HELD: list[IO[bytes]] = []


def folder_of(settings: Settings) -> Path:
    """Where workers and the watch leave their lock files."""
    return settings.data / "watch"


def _lock(file: Path) -> IO[bytes] | None:
    """The file, locked by this process; None while another process holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    held = file.open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        return None
    return held


@contextmanager
def only_watch(folder: Path) -> Iterator[bool]:
    """True inside for one watch of the folder at a time."""
    held = _lock(folder / "watch.lock")
    try:
        yield held is not None
    finally:
        if held:
            held.close()


def sign_in(folder: Path) -> None:
    """Mark this process as a worker until it ends."""
    file = folder / "workers" / str(os.getpid())
    if held := _lock(file):
        _HELD.append(held)
    owner = os.getpid()

    def sign_out() -> None:
        # A forked child that ends is not the worker.
        if os.getpid() == owner:
            file.unlink(missing_ok=True)

    atexit.register(sign_out)


def start_watch(settings: Settings) -> bool:
    """Start a watch that ends with the last worker; False where one runs already."""
    folder = folder_of(settings)
    with only_watch(folder) as free:
        if not free:
            return False
    log = settings.data / "logs" / "watch.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        # A session of its own: Ctrl-C is for the worker, and the watch ends after it.
        subprocess.Popen(
            [sys.executable, "-m", "ff_analytics.cli", "watch", "--beside-workers"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=PROJECT_ROOT,
            start_new_session=True,
        )
    return True


class Workers:
    """The workers that a watch is there for."""

    def __init__(self, folder: Path, outlives: float = OUTLIVES) -> None:
        self._folder = folder / "workers"
        self._outlives = outlives
        self._lost_since: float | None = None

    def need_the_watch(self) -> bool:
        """True while one lives, or was killed lately."""
        files = sorted(self._folder.glob("*"))
        dead = []
        for file in files:
            if held := _lock(file):
                held.close()
                dead.append(file)
        alive = len(dead) < len(files)
        lost = bool(dead) and not alive
        now = time.monotonic()
        self._lost_since = (self._lost_since or now) if lost else None
        if alive or (self._lost_since and now - self._lost_since > self._outlives):
            for file in dead:
                with suppress(FileNotFoundError):
                    file.unlink()
        return alive or (self._lost_since is not None and now - self._lost_since <= self._outlives)

    async def rest(self, seconds: float) -> bool:
        """Wait; False at once when the watch is no longer needed."""
        until = time.monotonic() + seconds
        while self.need_the_watch():
            if time.monotonic() >= until:
                return True
            await asyncio.sleep(1)
        return False
