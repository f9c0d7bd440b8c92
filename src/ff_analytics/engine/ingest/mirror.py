"""Tables that mirror files of the user: replaced as a whole, and only when they differ."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import tables
from ff_analytics.engine.lake import ops

if TYPE_CHECKING:
    import duckdb
    import polars as pl

# Table -> the frame that it is to hold, sorted, and its key.
Wanted = Mapping[str, "tuple[pl.DataFrame, tuple[str, ...]]"]


def _same(con: "duckdb.DuckDBPyConnection", table: str, frame: "pl.DataFrame") -> bool:
    if not lake.table_exists(con, table):
        return False
    columns = ", ".join(lake.column(name) for name in frame.columns)
    found = con.execute(f"SELECT {columns} FROM {lake.quote(table)} ORDER BY ALL").pl()
    return found.equals(frame)


def mirror(wanted: Wanted, who: lake.Provenance, settings: Settings) -> bool:
    """Bring the tables in line with the frames in one commit; True when something differed."""
    with lake.connect(settings=settings) as con:
        con.execute("BEGIN")
        same = all(_same(con, table, frame) for table, (frame, _) in wanted.items())
        # A lake of an older version lacks the tables that came since; models read all of them.
        same = same and not tables.missing(con)
        con.execute("COMMIT")
    if same:
        return False

    def write(con: "duckdb.DuckDBPyConnection") -> None:
        tables.ensure_all(con)
        for table, (frame, keys) in wanted.items():
            con.execute(f"DELETE FROM {lake.quote(table)}")
            lake.upsert(con, frame, table, keys)
            ops.bump_version(con, table)

    lake.commit(who, write, settings=settings)
    return True
