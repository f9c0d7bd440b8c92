"""Size of a SQLite catalog in tables and rows, read without DuckDB; to check a copy."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ff_analytics.engine.lake.attach.identity import CREATED, ID, Identity

# A catalog with fewer than these shares of the tables or rows of its last copy is not copied over
# it. Replacing the sample by real rows, or dropping a tenant, stays above them.
TABLES, ROWS = 0.5, 0.1


class Weight(NamedTuple):
    """Tables of the newest snapshot, and their rows."""

    tables: int
    rows: int

    def __str__(self) -> str:
        return f"{self.tables} tables with {self.rows:,} rows"


def of(catalog: Path) -> Weight:
    """The content of the catalog; nothing if it is not a catalog."""
    try:
        with closing(sqlite3.connect(catalog)) as con:
            tables, rows = con.execute(
                "SELECT count(*), coalesce(sum(s.record_count), 0) FROM ducklake_table t "
                "LEFT JOIN ducklake_table_stats s USING (table_id) WHERE t.end_snapshot IS NULL"
            ).fetchone()
    except sqlite3.Error:
        return Weight(0, 0)
    return Weight(tables, rows)


def shrunk(now: Weight, before: Weight) -> str:
    """Why `now` cannot be trusted to be the same lake as `before`; empty when it can."""
    if now.tables >= TABLES * before.tables and now.rows >= ROWS * before.rows:
        return ""
    return f"holds {now}, its newest copy {before}"


def stamp(catalog: Path, identity: Identity) -> None:
    """Give a catalog that is not open an identity, if it has none."""
    with closing(sqlite3.connect(catalog)) as con, con:
        if not con.execute("SELECT 1 FROM ducklake_metadata WHERE key = ?", [ID]).fetchone():
            con.executemany(
                "INSERT INTO ducklake_metadata (key, value) VALUES (?, ?)",
                [(ID, identity.id), (CREATED, identity.created_at.isoformat())],
            )
