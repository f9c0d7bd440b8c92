"""Lines about the progress of long commands and services, with a prefix each."""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime


def lines(prefix: Callable[[], str], *, stream: str = "stdout") -> Callable[[str], None]:
    """A function that writes a line and flushes, for people and for the logs of services."""

    def log(line: str) -> None:
        # Looked up for each line: tests and redirections replace the stream.
        out = getattr(sys, stream)
        out.write(f"{prefix()}{line}\n")
        out.flush()

    return log


_watch = lines(lambda: f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} ")


def watch(line: str) -> None:
    """A line of the watch. A full disk under its log does not stop it."""
    with suppress(OSError):
        _watch(line)
