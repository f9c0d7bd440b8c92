"""`SHOW TABLES` and its like: the whole lake with its rows, where DuckDB lists one schema."""

import re
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from ff_analytics.engine.read.query.limits import QueryFailed
from ff_analytics.engine.read.tables import facts

if TYPE_CHECKING:
    from ff_analytics.engine.read.reader import Reader, Result

_LISTS = re.compile(
    r"(?:show(?:\s+all)?\s+tables|show|desc(?:ribe)?|pragma\s+show_tables(?:_expanded)?)"
    r"(?:\s+(?:from|in)\s+(?:\"?lake\"?\.)?\"?(?P<schema>\w+)\"?)?",
    re.IGNORECASE,
)
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "schema": pl.String,
    "table": pl.String,
    "kind": pl.String,
    "rows": pl.Int64,
    "columns": pl.Int64,
    "loaded_at": pl.Datetime("us", "UTC"),
    "state": pl.String,
}


def listed(reader: "Reader", schema: str | None = None) -> pl.DataFrame:
    """Tables and views of the lake or of one schema; views are not counted, since that runs them.

    Raises `QueryFailed` for a schema without tables.
    """
    columns = reader.columns()
    rows = [
        (
            *(fact.schema, fact.name, fact.kind, fact.rows),
            *(len(columns[fact.table]), fact.loaded_at, fact.state.value),
        )
        for fact in facts(reader)
        if schema is None or fact.schema == schema.lower()
    ]
    if schema and not rows:
        known = sorted({table.partition(".")[0] for table in columns})
        raise QueryFailed(f"There is no table in a schema {schema!r}. Schemas: {', '.join(known)}.")
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return frame.with_columns(pl.col("loaded_at").dt.truncate("1s"))


def answer(
    reader: "Reader",
    sql: str,
    cancel: threading.Event | None = None,
    *,
    folders: Sequence[Path] = (),
) -> "Result":
    """As `Reader.query`, except that statements that list tables list those of the lake."""
    from ff_analytics.engine.read.reader import Result

    bare = re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql, flags=re.DOTALL).strip().rstrip(";").strip()
    found = _LISTS.fullmatch(bare)
    if not found:
        return reader.query(sql, cancel, folders=folders)
    started = time.monotonic()
    frame = listed(reader, found["schema"])
    seconds = round(time.monotonic() - started, 3)
    return Result(frame, reader.snapshot, reader.committed_at, (), seconds=seconds)
