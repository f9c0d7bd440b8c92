"""The content of a copy of a SQLite catalog, and whether the lake's files fit it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb

from ff_analytics.engine.base.errors import FFError, LakeDamaged
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach import identity
from ff_analytics.engine.lake.attach.catalog import quote, reason
from ff_analytics.engine.lake.attach.connection import opened_copy
from ff_analytics.engine.lake.damage import existing


class Contents(NamedTuple):
    """Content of a copy, read by opening it over the lake's files."""

    snapshot: int
    tables: int
    problems: tuple[str, ...]


def _missing_files(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, there: Callable[[str], bool]
) -> str | None:
    """Why the table's rows could not be read, or None."""
    listed = con.execute(
        "SELECT data_file, delete_file FROM ducklake_list_files('lake', ?, schema => ?)",
        [table, schema],
    ).fetchall()
    files = [file for row in listed for file in row if file]
    if gone := [file for file in files if not there(file)]:
        return f"{schema}.{table}: {len(gone)} of {len(files)} files are gone"
    try:
        con.execute(f"SELECT * FROM {quote(schema)}.{quote(table)} LIMIT 1").fetchall()
    except duckdb.Error as error:
        return f"{schema}.{table}: {str(error).splitlines()[0]}"
    return None


def _stranger(con: duckdb.DuckDBPyConnection, settings: Settings) -> str | None:
    """Why the copy is not of the lake whose files these are, or None."""
    copied, files = identity.of_catalog(con), identity.of_files(settings)
    if copied and files and copied.id != files.id:
        return f"it is of lake {copied}, the files are of lake {files}"
    return None


def inspect(copy: Path, settings: Settings) -> Contents:
    """Open a copy over the lake's files and read a row of every table.

    Raises `LakeDamaged` when it cannot be opened.
    """
    try:
        with opened_copy(copy, settings) as con:
            row = con.execute("SELECT id FROM ducklake_current_snapshot('lake')").fetchone()
            tables = con.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lake'"
            ).fetchall()
            there = existing(con, settings)
            found = [_stranger(con, settings)]
            found += [_missing_files(con, schema, table, there) for schema, table in tables]
    except (duckdb.Error, OSError) as error:
        raise LakeDamaged(f"{copy} cannot be opened: {reason(error, settings)}.") from error
    problems = tuple(line for line in found if line)
    return Contents(int(row[0]) if row else 0, len(tables), problems)


def state_of(copy: Path, settings: Settings) -> str:
    """One line about a copy for people."""
    try:
        contents = inspect(copy, settings)
    except FFError as error:
        return str(error)
    what = f"snapshot {contents.snapshot}, {contents.tables} tables"
    return f"{what}, {'; '.join(contents.problems) or 'complete'}"
