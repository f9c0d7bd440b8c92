"""Readers and maintenance keep out of each other's way; readers and writers need not.

Maintenance moves rows out of the catalog, merges files and forgets snapshots. A DuckLake reader
that is open meanwhile may go on looking where the rows were, whatever snapshot it is pinned to,
and find none: no error, just no rows (seen with DuckDB 1.5.5). So readers hold a shared file
lock, and who moves rows, or replaces the catalog, holds it alone. The kernel frees it on any
death, as it does the writers' lock.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ff_analytics.errors import LakeBusy


@contextmanager
def _locked(descriptor: int, how: int, seconds: float, trouble: str) -> Iterator[None]:
    try:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(descriptor, how | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LakeBusy(f"{trouble}; waited {seconds:.0f} s. Try again.") from None
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _lock_file(catalog: Path) -> int:
    return os.open(catalog.with_suffix(".readers"), os.O_RDWR | os.O_CREAT, 0o644)


@contextmanager
def shared(catalog: Path, seconds: float) -> Iterator[None]:
    """Hold the catalog as one of its readers; `LakeBusy` when it is held alone for too long."""
    try:
        descriptor = _lock_file(catalog)
    except OSError:
        # Nobody moves anything where nothing can be written.
        yield
        return
    with _locked(descriptor, fcntl.LOCK_SH, seconds, f"The lake {catalog} is being reorganised"):
        yield


@contextmanager
def alone(catalog: Path, seconds: float) -> Iterator[None]:
    """Hold the catalog without readers; `LakeBusy` when some stay for too long."""
    with _locked(_lock_file(catalog), fcntl.LOCK_EX, seconds, f"The lake {catalog} is being read"):
        yield
