"""The lake's own records (`ops.*`): loads, cursors, table versions, check results, mart builds."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ff_analytics.engine import lake

if TYPE_CHECKING:
    import duckdb

TABLES = {
    # One row per dataset and ingest run, written in the transaction of the merge.
    "ops.ingest_runs": (
        "run_id VARCHAR, source VARCHAR, dataset VARCHAR, table_name VARCHAR, origin VARCHAR, "
        "part VARCHAR, started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, rows_fetched BIGINT, "
        "rows_new BIGINT, rows_updated BIGINT, rows_unchanged BIGINT, rows_rejected BIGINT, "
        "rows_deleted BIGINT, total_rows BIGINT, cursor VARCHAR, warnings VARCHAR"
    ),
    # Last state of each remote part: ETag, Last-Modified, hash (JSON), for conditional fetches.
    "ops.cursors": (
        "source VARCHAR, dataset VARCHAR, part VARCHAR, cursor VARCHAR, "
        "checked_at TIMESTAMPTZ, loaded_at TIMESTAMPTZ"
    ),
    # Raised by one whenever the rows of a table change: the input of mart fingerprints.
    "ops.table_versions": "table_name VARCHAR, version BIGINT, changed_at TIMESTAMPTZ",
    "ops.mart_builds": "model VARCHAR, fingerprint VARCHAR, built_at TIMESTAMPTZ",
    "ops.check_results": (
        "run_id VARCHAR, product VARCHAR, check_name VARCHAR, subject VARCHAR, "
        "status VARCHAR, observed VARCHAR, expected VARCHAR, checked_at TIMESTAMPTZ"
    ),
}


def ensure_tables(con: "duckdb.DuckDBPyConnection") -> None:
    """Create the records that are missing; inside the caller's transaction."""
    if not lake.table_exists(con, "ops.check_results"):
        con.execute("CREATE SCHEMA IF NOT EXISTS ops")
        for table, columns in TABLES.items():
            con.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")


def append(con: "duckdb.DuckDBPyConnection", table: str, **values: Any) -> None:
    """Add one record; names are ours, values are bound."""
    columns = ", ".join(lake.quote(name) for name in values)
    marks = ", ".join("?" for _ in values)
    con.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))


def replace(
    con: "duckdb.DuckDBPyConnection", table: str, keys: dict[str, Any], **rest: Any
) -> None:
    """Replace the one record with these keys."""
    where = " AND ".join(f"{lake.quote(key)} = ?" for key in keys)
    con.execute(f"DELETE FROM {table} WHERE {where}", list(keys.values()))
    append(con, table, **keys, **rest)


def bump_version(con: "duckdb.DuckDBPyConnection", table: str) -> None:
    """Note that the rows of `table` changed."""
    found = con.execute(
        "SELECT max(version) FROM ops.table_versions WHERE table_name = ?", [table]
    ).fetchone()
    version = (found[0] if found and found[0] else 0) + 1
    replace(
        con,
        "ops.table_versions",
        {"table_name": table},
        version=version,
        changed_at=datetime.now(UTC),
    )


def versions(con: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    """Version by table, of every table that ever changed."""
    if not lake.table_exists(con, "ops.table_versions"):
        return {}
    return dict(con.execute("SELECT table_name, version FROM ops.table_versions").fetchall())


def built_with(con: "duckdb.DuckDBPyConnection") -> dict[str, str]:
    """Fingerprint by model, of every mart that was built."""
    if not lake.table_exists(con, "ops.mart_builds"):
        return {}
    return dict(con.execute("SELECT model, fingerprint FROM ops.mart_builds").fetchall())
