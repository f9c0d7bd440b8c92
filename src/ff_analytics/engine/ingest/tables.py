"""The raw tables of all sources, created together."""

from functools import cache
from typing import TYPE_CHECKING

from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.lake import ops
from ff_analytics.engine.lake.upsert import ensure_table
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.domain import domains

if TYPE_CHECKING:
    import duckdb


@cache
def registered() -> dict[str, Dataset]:
    """Every raw table and a dataset that declares it; the same table may serve many sources."""
    datasets = (dataset for source in sources.loadable() for dataset in source.datasets)
    mirrored = (dataset for domain in domains() for dataset in domain.mirrored)
    return {dataset.table: dataset for dataset in (*datasets, *mirrored)}


def stored_columns(con: "duckdb.DuckDBPyConnection") -> dict[str, set[str]]:
    rows = con.execute(
        "SELECT schema_name || '.' || table_name, list(column_name) FROM duckdb_columns() "
        "WHERE database_name = current_database() GROUP BY ALL"
    ).fetchall()
    return {table: set(columns) for table, columns in rows}


def ensure_all(con: "duckdb.DuckDBPyConnection") -> None:
    """Create every raw table (empty) and record table, and add columns new in a contract.

    Runs inside the caller's transaction. So models of tables without data compile.
    """
    stored = stored_columns(con)
    for table, dataset in registered().items():
        empty = dataset.contract.create_empty()
        if set(empty.columns) - stored.get(table, set()):
            ensure_table(con, empty, table)
    ops.ensure_tables(con)


def missing(con: "duckdb.DuckDBPyConnection") -> list[str]:
    """Raw tables that a source declares and the lake does not have yet."""
    stored = stored_columns(con)
    return sorted(set(registered()) - set(stored))


def outdated(con: "duckdb.DuckDBPyConnection") -> list[str]:
    """Raw tables that lack a column of their contract, or are not there."""
    stored = stored_columns(con)
    return sorted(
        table
        for table, dataset in registered().items()
        if set(dataset.contract.column_names()) - stored.get(table, set())
    )
