"""The watch's own log."""

import sys
from contextlib import suppress
from datetime import UTC, datetime


def say(line: str) -> None:
    """Write a line to standard output. A full disk under the log does not stop the watch."""
    with suppress(OSError):
        sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {line}\n")
        sys.stdout.flush()
