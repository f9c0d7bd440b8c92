"""What is kept in memory: the newest snapshot's id, and answers at snapshots."""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from pathlib import Path

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import catalog_file

# A catalog that cannot be looked at as a file is asked this often.
_SECONDS = 2.0
_Stamp = tuple[tuple[int, int, int], ...]


def _stamp(file: Path) -> _Stamp:
    """Changes with every commit to a SQLite catalog."""
    seen = []
    for part in (file, file.with_name(f"{file.name}-wal")):
        try:
            stat = part.stat()
        except OSError:
            seen.append((0, 0, 0))
        else:
            seen.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return tuple(seen)


class Newest:
    """The newest snapshot of each lake, looked up again only when its catalog changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[_Stamp | None, float, tuple[int, datetime]]] = {}

    def of(self, settings: Settings) -> tuple[int, datetime]:
        """Its id and when it was committed; `LakeMissing` without a lake."""
        file = catalog_file(settings)
        # Before the look: a commit after it changes the stamp, and is seen next time.
        stamp, now = _stamp(file) if file else None, time.monotonic()
        known = self._known.get(settings.catalog)
        if known and (known[0] == stamp if file else now - known[1] < _SECONDS):
            return known[2]
        with lake.connect(settings=settings) as con:
            snapshot = lake.snapshot_of(con)
            found = snapshot, lake.committed_at(con, snapshot)
        self._known[settings.catalog] = (stamp, now, found)
        return found


class Answers:
    """Frames by key, the least used dropped once all of them take more than `bytes_at_most`."""

    def __init__(self, bytes_at_most: int = 96 << 20) -> None:
        self._kept: OrderedDict[Hashable, tuple[pl.DataFrame, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._most = bytes_at_most
        self._held = 0

    def get(self, key: Hashable) -> pl.DataFrame | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Hashable, frame: pl.DataFrame) -> None:
        size = int(frame.estimated_size()) + 1024
        with self._lock:
            if key in self._kept or size > self._most // 4:
                return
            self._kept[key] = (frame, size)
            self._held += size
            while self._held > self._most:
                self._held -= self._kept.popitem(last=False)[1][1]


ANSWERS = Answers()
