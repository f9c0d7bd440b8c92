"""Keyed merge of a frame into a lake table, counting what is new, changed and unchanged."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from ff_analytics.engine.base.errors import ContractViolation
from ff_analytics.engine.lake.attach.catalog import column, quote
from ff_analytics.engine.lake.attach.connection import table_columns

if TYPE_CHECKING:
    import polars as pl


# Rows merged by one statement: it bounds the memory, and each statement writes a file.
_AT_ONCE = 50_000
# From so many rows on, first query whether any of them is stored: if not, no temporary table is
# needed, and temporary tables of a transaction stay in memory until its end.
_MANY = 20_000


class MergeCounts(NamedTuple):
    """Rows of one merge; their sum is the number of rows offered."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> int:
        return self.new + self.updated

    def __add__(self, other: object) -> "MergeCounts":
        if not isinstance(other, MergeCounts):
            return NotImplemented
        return MergeCounts(*(a + b for a, b in zip(self, other, strict=True)))


def ensure_table(con: duckdb.DuckDBPyConnection, frame: "pl.DataFrame", table: str) -> None:
    """Create `table` with the frame's columns, or add the columns that it lacks."""
    con.register("incoming_schema", frame.clear().to_arrow())
    try:
        known = table_columns(con, table)
        if not known:
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(table.partition('.')[0])}")
            con.execute(f"CREATE TABLE {quote(table)} AS SELECT * FROM incoming_schema")
            return
        for name, kind, *_ in con.execute("DESCRIBE incoming_schema").fetchall():
            if name not in known:
                con.execute(f"ALTER TABLE {quote(table)} ADD COLUMN {column(name)} {kind}")
    finally:
        con.unregister("incoming_schema")


class Bounds(NamedTuple):
    """A condition on the stored rows `t`, and the values that are bound to its parameters."""

    condition: str = "TRUE"
    values: tuple[int | str | date, ...] = ()


_ALL = Bounds()


def _key_range(frame: "pl.DataFrame", keys: Sequence[str]) -> Bounds:
    # With them DuckLake skips files by their statistics: the cost of a merge follows the keys
    # that are offered, not the length of the history.
    conditions: list[str] = []
    values: list[int | str | date] = []
    for key in keys:
        low, high = frame[key].min(), frame[key].max()
        if isinstance(low, datetime) or isinstance(high, datetime):
            continue
        if isinstance(low, int | str | date) and isinstance(high, int | str | date):
            conditions.append(f"t.{column(key)} BETWEEN ? AND ?")
            values += [low, high]
    return Bounds(" AND ".join(conditions) or "TRUE", tuple(values))


def distinct(frame: "pl.DataFrame", keys: Sequence[str]) -> bool:
    """True when no two rows have equal keys."""
    import polars as pl

    # Different hashes are different keys, and take a tenth of the memory of comparing them.
    hashes = frame.select(pl.struct(keys).hash()).to_series()
    return hashes.n_unique() == frame.height or not frame.select(keys).is_duplicated().any()


def upsert(
    con: duckdb.DuckDBPyConnection,
    frame: "pl.DataFrame",
    table: str,
    keys: Sequence[str],
    *,
    version: str | None = None,
) -> MergeCounts:
    """Merge `frame` into `schema.table` by `keys`, inside the caller's transaction.

    A row whose key exists and whose other columns differ replaces the stored row; an equal
    row costs nothing, and neither does one whose `version` column is below the stored row's.
    Columns that the table lacks are added; columns that the frame lacks become null in new and
    updated rows.
    Raises `ContractViolation` for null or duplicate keys: they have no defined merge.
    """
    ensure_table(con, frame, table)
    if frame.is_empty():
        return MergeCounts()
    if frame.select(keys).null_count().sum_horizontal().item():
        raise ContractViolation(f"{table}: null in key {', '.join(keys)}; reject such rows first.")
    if not distinct(frame, keys):
        raise ContractViolation(f"{table}: duplicate keys {', '.join(keys)} in one load.")
    counts = MergeCounts()
    for part in frame.iter_slices(_AT_ONCE):
        con.register("incoming", part.to_arrow())
        try:
            counts += _merge_frame(con, part, table, keys, version)
        finally:
            con.unregister("incoming")
    return counts


def _merge_frame(
    con: duckdb.DuckDBPyConnection,
    frame: "pl.DataFrame",
    table: str,
    keys: Sequence[str],
    version: str | None,
) -> MergeCounts:
    """Merge `frame`, which is registered as `incoming`."""
    bounds, have = _key_range(frame, keys), set(frame.columns)
    if frame.height >= _MANY and not _any_stored(con, table, keys, bounds):
        select = _selected(table_columns(con, table), have)
        con.execute(f"INSERT INTO {quote(table)} BY NAME SELECT {select} FROM incoming")
        return MergeCounts(new=frame.height)
    return merge(con, "incoming", have, table, keys, bounds, version=version)


def _any_stored(
    con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str], bounds: Bounds
) -> bool:
    stored = f"(SELECT * FROM {quote(table)} t WHERE {bounds.condition}) t"
    found = con.execute(
        f"SELECT 1 FROM incoming s JOIN {stored} ON {_equal(keys)} LIMIT 1", bounds.values
    )
    return found.fetchone() is not None


def _equal(keys: Sequence[str]) -> str:
    return " AND ".join(f"t.{column(k)} = s.{column(k)}" for k in keys)


def _selected(columns: Mapping[str, str], have: Collection[str]) -> str:
    """The table's columns in its types; those that the relation lacks are null."""
    return ", ".join(
        f"{column(c) if c in have else 'NULL'}::{kind} AS {column(c)}"
        for c, kind in columns.items()
    )


def merge(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    have: Collection[str],
    table: str,
    keys: Sequence[str],
    bounds: Bounds = _ALL,
    *,
    version: str | None = None,
) -> MergeCounts:
    """`upsert` of a relation (a name, or a query in brackets) whose keys are not null and unique.

    `have` are its columns; `bounds` narrows the stored rows `t` that can be meant.
    """
    target = quote(table)
    columns = table_columns(con, table)
    select, on = _selected(columns, have), _equal(keys)
    others = [c for c in columns if c not in keys]
    differs = (
        " OR ".join(f"t.{column(c)} IS DISTINCT FROM s.{column(c)}" for c in others) or "FALSE"
    )
    if version:
        older = f"coalesce(s.{column(version)} < t.{column(version)}, FALSE)"
        differs = f"({differs}) AND NOT {older}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE offered AS SELECT {select} FROM {relation}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE changed AS "
        f"SELECT s.*, t.{column(keys[0])} IS NULL AS _is_new FROM offered s "
        f"LEFT JOIN (SELECT * FROM {target} t WHERE {bounds.condition}) t ON {on} "
        f"WHERE t.{column(keys[0])} IS NULL OR ({differs})",
        bounds.values,
    )
    counted = con.execute(
        "SELECT count(*) FILTER (_is_new), count(*), (SELECT count(*) FROM offered) FROM changed"
    ).fetchone()
    new, changed, offered = counted or (0, 0, 0)
    if changed > new:
        con.execute(
            f"DELETE FROM {target} t USING changed s "
            f"WHERE NOT s._is_new AND {bounds.condition} AND {on}",
            bounds.values,
        )
    if changed:
        con.execute(f"INSERT INTO {target} BY NAME SELECT * EXCLUDE (_is_new) FROM changed")
    # Not after a failure: the rollback removes them, and an error here would hide the first one.
    con.execute("DROP TABLE offered")
    con.execute("DROP TABLE changed")
    return MergeCounts(new, changed - new, offered - changed)
