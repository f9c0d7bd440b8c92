"""One backfill of a dataset at a time, and what an unfinished one has done already."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ff_analytics.engine.base.atomic import replace_text
from ff_analytics.engine.base.errors import LakeBusy, PublishError
from ff_analytics.engine.base.settings import Settings


def folder(settings: Settings) -> Path:
    """Where locks and notes of backfills are."""
    return settings.data / "backfill"


def _holder(note: Path) -> str:
    try:
        return str(json.loads(note.read_text())["who"])
    except (OSError, ValueError, KeyError):
        return "another process"


@contextmanager
def one_backfill(datasets: Sequence[str], what: str, settings: Settings) -> Iterator[None]:
    """Hold the backfill lock of each dataset; the kernel frees them on any death.

    Raises `LakeBusy` at once, naming the holder.
    """
    since = datetime.now(UTC).isoformat(timespec="seconds")
    mine = json.dumps({"who": f"{what} (pid {os.getpid()}) since {since}"})
    with ExitStack() as stack:
        # Sorted, so that two backfills with common tables cannot deadlock.
        for name in sorted(datasets):
            note = folder(settings) / f"{name}.holder.json"
            try:
                note.parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(FileLock(note.with_name(f"{name}.lock"), timeout=0))
                note.write_text(mine)
            except Timeout:
                raise LakeBusy(
                    f"{name} is being backfilled by {_holder(note)}. Let it finish, then continue."
                ) from None
            except OSError as error:
                raise PublishError(f"{note.parent} could not be written ({error}).") from error
        yield


class Journal:
    """Completed steps of an unfinished backfill, so that the same command continues there.

    `request` contains all options besides the window: steps done under other options do
    not count. The file is deleted when the backfill is complete, so that a later one does all.
    """

    def __init__(self, name: str, request: dict[str, Any], settings: Settings) -> None:
        self.file = folder(settings) / f"{name}.json"
        self.request = json.loads(json.dumps(request, default=str))
        self.done: dict[str, str] = self._read()

    def _read(self) -> dict[str, str]:
        try:
            noted = json.loads(self.file.read_text())
            return dict(noted["done"]) if noted["request"] == self.request else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def add(self, step: str) -> None:
        """Record a step as done, atomically."""
        self.done[step] = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            replace_text(
                self.file, json.dumps({"request": self.request, "done": self.done}, indent=1)
            )
        except OSError as error:
            raise PublishError(f"{self.file} could not be written ({error}).") from error

    def forget(self) -> None:
        """Start over, or complete."""
        self.done = {}
        self.file.unlink(missing_ok=True)
