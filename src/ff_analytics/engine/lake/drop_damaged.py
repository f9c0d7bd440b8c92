"""Drop the tables whose data files are lost or damaged, so that they can be loaded again."""

import duckdb

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake import ops
from ff_analytics.engine.lake.damage import DamagedFile, damaged_files

# Long enough to read every file of any lake.
_ALL = 7 * 24 * 3600.0


def find(settings: Settings) -> list[DamagedFile]:
    """All damaged files of the newest snapshot; reads every file."""
    with lake.connect(settings=settings) as con:
        return list(damaged_files(con, settings, whole=_ALL))


def _forget(con: duckdb.DuckDBPyConnection, tables: list[str]) -> None:
    for table in tables:
        con.execute(f"DROP TABLE {lake.quote(table)}")
    con.execute("CREATE SCHEMA IF NOT EXISTS ops")
    for name, columns in ops.TABLES.items():
        con.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
    for table in tables:
        # Without its cursors the next ingest requests everything again.
        con.execute(
            "DELETE FROM ops.cursors WHERE (source, dataset) IN "
            "(SELECT (source, dataset) FROM ops.ingest_runs WHERE table_name = ?)",
            [table],
        )
        con.execute("DELETE FROM ops.ingest_runs WHERE table_name = ?", [table])
    # Models that were built from the dropped rows are rebuilt.
    con.execute("DELETE FROM ops.mart_builds")


def drop(damaged: list[DamagedFile], settings: Settings) -> int:
    """Drop the tables of these files in one commit; returns its snapshot.

    Older snapshots keep the tables. Cursors and load records of the tables are deleted too, so
    that the next ingest loads all rows.
    """
    tables = sorted({one.table for one in damaged})
    who = lake.Provenance(
        author="ff lake restore",
        message=f"drop damaged {', '.join(tables)}",
        details={"files": [one.line() for one in damaged]},
    )
    return lake.commit(who, lambda con: _forget(con, tables), settings=settings).snapshot
