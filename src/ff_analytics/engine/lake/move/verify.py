"""Two lakes compared: rows and an order-independent hash per table, then the first difference."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import duckdb

from ff_analytics.engine.lake.attach.catalog import column, quote

# Key columns by table.
Keys = Mapping[str, Sequence[str]]


class Seen(NamedTuple):
    """Content of a table; the hash does not depend on the order of rows or on their files."""

    rows: int
    hash: str


def seen(con: duckdb.DuckDBPyConnection, lake: str, table: str) -> Seen:
    """Rows and hash of `schema.table` of the attached lake: every column of every row."""
    relation = f"{quote(lake)}.{quote(table)}"
    row = con.execute(
        "SELECT count(*), coalesce(sum(hash(r)::HUGEINT), 0)::VARCHAR || '-' || "
        f"coalesce(bit_xor(hash(r)), 0)::VARCHAR FROM (FROM {relation}) r"
    ).fetchone()
    return Seen(int(row[0]), str(row[1])) if row else Seen(0, "")


def first_difference(
    con: duckdb.DuckDBPyConnection, one: str, other: str, table: str, keys: Sequence[str]
) -> str:
    """The smallest key whose rows differ, and where it is missing or different."""
    a, b = f"{quote(one)}.{quote(table)}", f"{quote(other)}.{quote(table)}"
    listed = ", ".join(column(key) for key in keys)
    row = con.execute(
        f"SELECT {listed} FROM ((FROM {a} EXCEPT ALL FROM {b}) UNION ALL "
        f"(FROM {b} EXCEPT ALL FROM {a})) ORDER BY ALL LIMIT 1"
    ).fetchone()
    if row is None:
        return "no row differs by itself"
    return "first at " + ", ".join(f"{k} = {v}" for k, v in zip(keys, row, strict=True))


def key_of(con: duckdb.DuckDBPyConnection, lake: str, table: str, keys: Keys) -> Sequence[str]:
    """The table's key among `keys`, else its first three columns."""
    if known := keys.get(table):
        return known
    schema, _, name = table.partition(".")
    rows = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? "
        "AND table_name = ? ORDER BY column_index LIMIT 3",
        [lake, schema, name],
    ).fetchall()
    return [column for (column,) in rows]


def current(con: duckdb.DuckDBPyConnection, lake: str) -> list[str]:
    """Tables of the newest snapshot."""
    rows = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = ? "
        "ORDER BY 1",
        [lake],
    ).fetchall()
    return [name for (name,) in rows]


def history(con: duckdb.DuckDBPyConnection, lake: str) -> list[tuple[object, ...]]:
    """Every snapshot: id, time, maker, message, provenance."""
    return con.execute(
        "SELECT snapshot_id, snapshot_time, author, commit_message, commit_extra_info "
        f"FROM ducklake_snapshots('{lake}') ORDER BY 1"
    ).fetchall()
