"""DuckDB instances, and a Postgres catalog's own tables."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import (
    dsn_of,
    text,
)
from ff_analytics.engine.lake.attach.classify import explained, gave_up
from ff_analytics.engine.lake.attach.extensions import extension_directory

# Loading the extensions into a DuckDB instance costs ten times what attaching the lake does,
# so instances without a lake are kept for the next connection of this process.
_idle: list[duckdb.DuckDBPyConnection] = []

# DETACH leaves the schema that DuckLake has cached in the instance (DuckDB's object cache), and
# each ATTACH adds another copy: 0.2 MB with 25 tables. DuckDB evicts them only at its memory limit.
_IDLE_BYTES = 4 * 1024**2


def instance() -> duckdb.DuckDBPyConnection:
    try:
        return _idle.pop()
    except IndexError:
        con = duckdb.connect(
            ":memory:",
            config={
                "extension_directory": str(extension_directory()),
                "threads": os.cpu_count() or 2,
            },
        )
        con.execute("LOAD ducklake; SET TimeZone = 'UTC'")
        return con


def prepare() -> None:
    """Have an instance ready for the next connection."""
    if not _idle:
        keep(instance())


def discard(con: duckdb.DuckDBPyConnection) -> None:
    """Close an instance with an error."""
    # An explicit rollback on a lost Postgres connection is an error; left to DuckDB, which does
    # it when it closes, the same error ends the process (seen with 1.5.5).
    with suppress(duckdb.Error):
        con.execute("ROLLBACK")
    con.close()


def keep(con: duckdb.DuckDBPyConnection) -> None:
    """Keep an instance without a lake for the next connection; close it when it uses too much."""
    held = con.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchone()
    if held and held[0] <= _IDLE_BYTES:
        _idle.append(con)
    else:
        con.close()


@contextmanager
def catalog_database(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB with the Postgres catalog's own tables attached as `catalog`, to read them."""
    con = instance()
    try:
        con.execute("LOAD postgres_scanner")
        con.execute(f"ATTACH {text(dsn_of(settings))} AS catalog (TYPE postgres, READ_ONLY)")
        yield con
    except duckdb.Error as error:
        raise explained(error, settings) or gave_up(error, settings) from None
    finally:
        discard(con)
