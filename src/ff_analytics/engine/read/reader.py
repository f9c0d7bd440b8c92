"""Read the lake at one snapshot: guarded SQL of others, our own SQL, and where the rows come from.

No connection outlives a query, so readers hold up neither writers nor maintenance. A snapshot
never changes, so answers of our own SQL are kept in memory and asked for once.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import FFError, LakeMissing
from ff_analytics.engine.base.retries import READING
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.attach.catalog import reason
from ff_analytics.engine.lake.attach.classify import gave_up, is_transient
from ff_analytics.engine.read.answers import ANSWERS, Newest
from ff_analytics.engine.read.query import guard
from ff_analytics.engine.read.query.limits import Limits, QueryFailed
from ff_analytics.engine.read.query.locked import bounded, locked

_NEWEST = Newest()
_SHARED = threading.local()
_BATCH = 2048


@dataclass(frozen=True)
class Result:
    """Rows of a query, the snapshot that they come from, and the tables that it named."""

    frame: pl.DataFrame
    snapshot: int
    committed_at: datetime
    tables: tuple[str, ...]
    truncated: str = ""
    seconds: float = 0.0


class Reader:
    """The lake at one snapshot. Cheap to make; safe to share between threads."""

    def __init__(
        self, settings: Settings, snapshot: int, committed_at: datetime, limits: Limits
    ) -> None:
        self.settings = settings
        self.snapshot = snapshot
        self.committed_at = committed_at
        self.limits = limits

    def query(
        self,
        sql: str,
        cancel: threading.Event | None = None,
        *,
        folders: Sequence[Path] = (),
    ) -> Result:
        """Run SQL of a person: one statement that only reads, within the limits.

        `folders`: it may also read files below them, by `read_parquet` and the like.

        Raises `QueryRefused`, `QueryFailed`, `QueryStopped`, and what `lake.connect` raises.
        """
        checked = guard.check(sql, files=bool(folders))
        started = time.monotonic()
        try:
            for attempt in READING.attempts_on(is_transient):
                with attempt:
                    frame, truncated = self._guarded(checked.sql, cancel, folders)
        except duckdb.Error as error:
            raise self._explained(error) from None
        seconds = time.monotonic() - started
        return Result(
            frame, self.snapshot, self.committed_at, checked.tables, truncated, round(seconds, 3)
        )

    def _guarded(
        self, sql: str, cancel: threading.Event | None, folders: Sequence[Path]
    ) -> tuple[pl.DataFrame, str]:
        limits = self.limits
        with (
            locked(self.settings, self.snapshot, limits, folders) as con,
            bounded(con, self.settings, limits.seconds, cancel),
        ):
            stream = con.execute(sql).to_arrow_reader(_BATCH)
            kept: list[pa.RecordBatch] = []
            rows = size = 0
            truncated = ""
            for batch in stream:
                kept.append(batch)
                rows, size = rows + batch.num_rows, size + batch.nbytes
                if rows > limits.rows:
                    truncated = f"the first {limits.rows:,} rows"
                elif size > limits.result_mb << 20:
                    truncated = f"the first {limits.result_mb} MB"
                if truncated:
                    break
            table = pa.Table.from_batches(kept, schema=stream.schema).slice(0, limits.rows)
        try:
            frame = pl.from_arrow(table)
        except (pl.exceptions.PolarsError, ValueError) as error:
            raise QueryFailed(f"A column has no plain type: {error}. Cast it to text.") from None
        assert isinstance(frame, pl.DataFrame)
        return frame, truncated

    def _explained(self, error: duckdb.Error) -> FFError:
        if is_transient(error):
            return gave_up(error, self.settings)
        return QueryFailed(reason(error, self.settings))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let the `ask`s of this thread share one connection; keep it short."""
        if getattr(_SHARED, "of", None) is not None:
            yield
            return
        with ExitStack() as stack:
            # Opened by the first question that memory does not answer.
            _SHARED.of, _SHARED.stack, _SHARED.con = self, stack, None
            try:
                yield
            finally:
                _SHARED.of = _SHARED.stack = _SHARED.con = None

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        opened = lake.connect(snapshot=self.snapshot, settings=self.settings)
        if getattr(_SHARED, "of", None) is not self:
            with opened as con:
                yield con
            return
        if _SHARED.con is None:
            _SHARED.con = _SHARED.stack.enter_context(opened)
        yield _SHARED.con

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> pl.DataFrame:
        """Run our own SQL; values are bound. The answer is kept, since a snapshot never changes."""
        key = (self.settings.catalog, self.snapshot, self.committed_at, sql, tuple(parameters))
        if (known := ANSWERS.get(key)) is not None:
            return known
        try:
            for attempt in READING.attempts_on(is_transient):
                with (
                    attempt,
                    self._connection() as con,
                    bounded(con, self.settings, self.limits.seconds),
                ):
                    frame = con.execute(sql, list(parameters)).pl()
        except duckdb.Error as error:
            raise self._explained(error) from None
        ANSWERS.put(key, frame)
        return frame

    def tables(self) -> frozenset[str]:
        """Tables and views of the lake, as `schema.table`."""
        return frozenset(self.columns())

    def columns(self) -> dict[str, dict[str, str]]:
        """DuckDB type by column by table, of every table and view."""
        frame = self.ask(
            "SELECT schema_name || '.' || table_name AS t, column_name, data_type "
            "FROM duckdb_columns() WHERE database_name = 'lake' AND NOT internal "
            "ORDER BY t, column_index"
        )
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in frame.iter_rows():
            found.setdefault(table, {})[column] = kind
        return found


def reader(
    as_of: int | date | None = None,
    *,
    settings: Settings | None = None,
    limits: Limits | None = None,
) -> Reader:
    """The lake at its newest snapshot, at snapshot `as_of`, or as it was at the end of a day.

    Raises `LakeMissing` when there is no lake, and when the snapshot is not kept any more.
    """
    settings = settings or get_settings()
    limits = limits or Limits()
    if isinstance(as_of, date):
        as_of = lake.snapshot_at(as_of, "UTC", settings)
    if as_of is None:
        snapshot, committed = _NEWEST.of(settings)
        return Reader(settings, snapshot, committed, limits)
    history = lake.snapshots(settings)
    found = history.filter(pl.col("snapshot_id") == as_of)
    if found.is_empty():
        ids = history["snapshot_id"]
        raise LakeMissing(
            f"Snapshot {as_of} is not in the lake; it keeps {ids.min()!s} to {ids.max()!s}."
        )
    return Reader(settings, as_of, found["snapshot_time"].item(), limits)
