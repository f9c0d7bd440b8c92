"""Find lost or damaged data files of the lake, and describe the fix in one sentence."""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from ff_analytics.engine.base.errors import LakeDamaged
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import (
    ALIAS,
    RESTORE,
    catalog_file,
    is_remote,
    quote,
    reason,
    shown,
    text,
)
from ff_analytics.engine.lake.attach.classify import is_unreadable

# After a failed query: how long to look for the file that it does not name, in seconds.
_SEARCH = 10.0
# A table of the catalog is lost when so many looks, so many seconds apart, all miss it.
_LOOKS = 6
_BETWEEN = 0.4
_TABLE = re.compile(r"Table with name (ducklake_\w+) does not exist")
_METADATA = f"__ducklake_metadata_{ALIAS}"


class DamagedFile(NamedTuple):
    """A file that the newest snapshot needs and that cannot be read."""

    table: str
    file: str
    why: str
    # The file may be intact: this user is not allowed to read it.
    closed: bool = False

    def line(self) -> str:
        return f"{self.file} (of {self.table}) {self.why}"


def _loaded_by(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """What restores the rows of `table`."""
    schema = table.partition(".")[0]
    if schema == "ops":
        return "the next runs write its rows again"
    if not schema.startswith("raw_"):
        return "the next run of its product builds it again"
    try:
        row = con.execute(
            "SELECT max_by(source, finished_at) FROM ops.ingest_runs WHERE table_name = ?", [table]
        ).fetchone()
    except duckdb.Error:
        row = None
    name = row[0] if row and row[0] else "<its source>"
    return f"prefect deployment run 'ingest/{name}' loads it again"


def sentence(con: duckdb.DuckDBPyConnection, damaged: DamagedFile) -> str:
    """What is wrong with the lake, where, and the fix."""
    said = f"A data file of the lake cannot be read: {damaged.line()}."
    if damaged.closed:
        return f"{said} Give this user the right to read it (chmod u+rX), then run again."
    return (
        f"{said} Restore it from a copy of the data folder; without one, "
        f"ff lake restore --drop-damaged drops {damaged.table}, and "
        f"{_loaded_by(con, damaged.table)}."
    )


def existing(con: duckdb.DuckDBPyConnection, settings: Settings) -> Callable[[str], bool]:
    """Whether a data file exists; the objects of a store are listed once."""
    if not is_remote(settings.files):
        return lambda file: Path(file).exists()
    listed = con.execute("SELECT file FROM glob(?)", [f"{settings.files}/**"]).fetchall()
    known = {file for (file,) in listed}
    return lambda file: file in known


def _looked_at(
    table: str, file: str, size: int | None, exists: Callable[[str], bool]
) -> DamagedFile | None:
    """What shows from outside: existence, size and the last bytes."""
    try:
        if not exists(file):
            return DamagedFile(table, file, "is gone")
        if is_remote(file):
            return None
        with Path(file).open("rb") as opened:
            found = opened.seek(0, os.SEEK_END)
            opened.seek(max(found - 4, 0))
            end = opened.read(4)
    except OSError as error:
        closed = isinstance(error, PermissionError)
        return DamagedFile(table, file, f"cannot be read ({error.strerror})", closed)
    if size is not None and found != size:
        return DamagedFile(table, file, f"has {found:,} bytes instead of {size:,}")
    return None if end == b"PAR1" else DamagedFile(table, file, "is damaged at its end")


def _files(con: duckdb.DuckDBPyConnection, settings: Settings) -> list[tuple[str, str, int | None]]:
    """Table, path and size of each file that the newest snapshot needs.

    One query on the catalog's own tables: `ducklake_list_files` takes a call per table.
    """
    folder = (
        f"CASE WHEN s.path_is_relative THEN {text(f'{settings.files}/')} || s.path ELSE s.path END"
    )
    folder = f"CASE WHEN t.path_is_relative THEN {folder} || t.path ELSE t.path END"
    return con.execute(
        " UNION ALL ".join(
            "SELECT s.schema_name || '.' || t.table_name, CASE WHEN f.path_is_relative "
            f"THEN {folder} || f.path ELSE f.path END, f.file_size_bytes "
            f"FROM {_METADATA}.ducklake_{kind} f "
            f"JOIN {_METADATA}.ducklake_table t USING (table_id) "
            f"JOIN {_METADATA}.ducklake_schema s USING (schema_id) "
            "WHERE f.end_snapshot IS NULL AND t.end_snapshot IS NULL AND s.end_snapshot IS NULL"
            for kind in ("data_file", "delete_file")
        )
    ).fetchall()


def _unreadable(con: duckdb.DuckDBPyConnection, file: str, settings: Settings) -> str:
    """Read the complete file; the reason of a failure, or an empty text."""
    try:
        con.execute(f"SELECT bit_xor(hash(t)) FROM read_parquet({text(file)}) t").fetchall()
    except duckdb.Error as error:
        first = reason(error, settings).partition(" LINE 1:")[0].replace(file, "it")
        return f"is damaged: {first.rstrip(' .:')}"
    return ""


def damaged_files(
    con: duckdb.DuckDBPyConnection, settings: Settings, *, whole: float = 0.0
) -> Iterator[DamagedFile]:
    """Files of the newest snapshot that are missing, cut, replaced or unreadable for this user.

    Without `whole` only existence, size and last bytes are checked, which is cheap. `whole`
    also reads every file, for at most so many seconds: only that detects flipped bits.
    """
    exists = existing(con, settings)
    intact = []
    for table, file, size in _files(con, settings):
        if damaged := _looked_at(table, file, size, exists):
            yield damaged
        else:
            intact.append((table, file))
    deadline = time.monotonic() + whole
    for table, file in intact:
        if time.monotonic() >= deadline:
            return
        if why := _unreadable(con, file, settings):
            yield DamagedFile(table, file, why)


def _lacks_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """One look: the catalog needs its table `name` and does not have it."""
    if name.startswith("ducklake_inlined_data_") and name != "ducklake_inlined_data_tables":
        noted = (
            f"SELECT count(*) FROM {_METADATA}.ducklake_inlined_data_tables WHERE table_name = ?"
        )
        row = con.execute(noted, [name]).fetchone()
        if not row or not row[0]:
            return False
    try:
        # DuckDB does not list the tables of DuckLake's own database; a query reaches them.
        con.execute(f"SELECT 1 FROM {_METADATA}.{quote(name)} LIMIT 0")
    except duckdb.CatalogException:
        return True
    return False


def _lost_table(con: duckdb.DuckDBPyConnection, name: str, settings: Settings) -> bool:
    """Whether the catalog has lost its table `name`.

    A concurrent writer creates and drops tables of small rows: metadata and table can disagree for
    a moment, so a table is lost only if it is missing in every check.
    """
    for _ in range(_LOOKS - 1):
        if not _lacks_table(con, name):
            return False
        time.sleep(_BETWEEN)
        if not catalog_file(settings):
            con.execute("CALL pg_clear_cache()")  # DuckDB keeps Postgres's list of tables.
    return _lacks_table(con, name)


def _tables_in_question(error: BaseException, con: duckdb.DuckDBPyConnection) -> list[str]:
    """Tables of the catalog that the failed query may have missed."""
    if found := _TABLE.search(str(error)):
        return [found[1]]
    if not isinstance(error, duckdb.InternalException):
        return []
    # A table of small rows that is missing in Postgres fails inside DuckLake, without its name.
    noted = f"SELECT DISTINCT table_name FROM {_METADATA}.ducklake_inlined_data_tables"
    return [str(name) for (name,) in con.execute(noted).fetchall()]


def explain(
    error: BaseException, con: duckdb.DuckDBPyConnection, settings: Settings
) -> LakeDamaged | None:
    """The sentence for a query that failed on lost or damaged parts of the lake, else None.

    `con` is another connection to the same lake. Errors do not always name the file.
    """
    for name in _tables_in_question(error, con):
        if _lost_table(con, name, settings):
            return LakeDamaged(
                f"The lake {shown(settings)} is damaged: its catalog has lost the table "
                f"{name}. {RESTORE}"
            )
    if not is_unreadable(error):
        return None
    damaged = next(damaged_files(con, settings, whole=_SEARCH), None)
    return LakeDamaged(sentence(con, damaged)) if damaged else None


def may_explain(error: BaseException) -> bool:
    """True for errors that a lost or damaged part of the lake may be behind."""
    if not isinstance(error, duckdb.Error):
        return False
    known = isinstance(error, duckdb.InternalException) or _TABLE.search(str(error))
    return bool(known) or is_unreadable(error)
