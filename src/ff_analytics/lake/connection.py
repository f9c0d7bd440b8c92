"""Attach the lake to an in-memory DuckDB, for reading or for one transaction."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import stamina

from ff_analytics.errors import ConfigError, LakeBusy, LakeMissing
from ff_analytics.lake.extensions import extension_directory
from ff_analytics.lake.readers import shared
from ff_analytics.settings import Settings, get_settings

if TYPE_CHECKING:
    import polars as pl

ALIAS = "lake"
# Words of DuckDB, SQLite and Postgres for "somebody else was faster"; all pass by themselves.
_TRANSIENT = (
    "database is locked",
    "database schema is locked",
    "transaction conflict",
    "conflicts with",
    "could not serialize access",
    "deadlock detected",
    # Two first writers of a Postgres catalog made its tables at once; one of them was first.
    'unique constraint "pg_',
    'relation "ducklake_',
    # A reader saw the catalog's note of a table of small rows before, or after, the table itself.
    "table with name ducklake_inlined_",
)
# Words of SQLite for a file that is no database, or no longer a whole one.
_DAMAGE = ("malformed", "not a database", "disk i/o error", "database corruption")
RESTORE = "If the catalog is damaged or lost, scripts/restore-catalog puts a copy of it back."


def quote(name: str) -> str:
    """Quote an identifier; `schema.table` is quoted part by part."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def is_transient(error: BaseException) -> bool:
    """True for lock errors and commit conflicts, which a second attempt may survive."""
    text = str(error).lower()
    return isinstance(error, duckdb.Error) and any(words in text for words in _TRANSIENT)


def is_damage(error: BaseException) -> bool:
    """True when SQLite says that the catalog itself is broken; waiting does not mend that."""
    text = str(error).lower()
    return any(words in text for words in _DAMAGE)


def catalog_file(settings: Settings) -> Path | None:
    """The SQLite catalog's file, or None when the catalog is a Postgres database."""
    kind, _, rest = settings.catalog.partition(":")
    if kind == "sqlite":
        return Path(rest)
    if kind == "postgres":
        return None
    raise ConfigError(
        f"FF_LAKE_CATALOG is {settings.catalog!r}: write sqlite:<path> or postgres:<dsn>."
    )


def reason(error: Exception, settings: Settings) -> str:
    """What DuckDB or the system said, on one line, without the DSN of a Postgres catalog."""
    said = " ".join(str(error).split())
    return said if catalog_file(settings) else said.replace(settings.catalog[9:].strip(), "***")


def shown(settings: Settings) -> str:
    """The catalog as messages may name it: a DSN holds a password."""
    file = catalog_file(settings)
    return str(file) if file else "on the Postgres catalog"


def attach_options(settings: Settings) -> dict[str, str]:
    """DuckLake ATTACH options shared with the dbt profile."""
    options = {"DATA_PATH": settings.files}
    if catalog_file(settings):
        # WAL lets readers and the one writer work side by side on the SQLite catalog.
        options |= {"META_JOURNAL_MODE": "WAL", "META_BUSY_TIMEOUT": "15000"}
    if not settings.lake_catalog and not settings.lake_data:
        # The files lie beside their catalog, so a data folder may be moved, renamed or copied.
        options["OVERRIDE_DATA_PATH"] = "1"
    return options


# Loading the extensions into a DuckDB instance costs ten times what attaching the lake does,
# so instances without a lake are kept for the next connection of this process.
_idle: list[duckdb.DuckDBPyConnection] = []


def _instance() -> duckdb.DuckDBPyConnection:
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


def _attach(
    con: duckdb.DuckDBPyConnection, settings: Settings, read_only: bool, snapshot: int | None
) -> None:
    con.execute("LOAD sqlite_scanner" if catalog_file(settings) else "LOAD postgres_scanner")
    options = [f"{key} {_text(value)}" for key, value in attach_options(settings).items()]
    if read_only:
        options.append("READ_ONLY")
    if snapshot is not None:
        options.append(f"SNAPSHOT_VERSION {int(snapshot)}")
    catalog = _text(f"ducklake:{settings.catalog}")
    con.execute(f"ATTACH {catalog} AS {ALIAS} ({', '.join(options)})")
    con.execute(f"USE {ALIAS}")


def _release(con: duckdb.DuckDBPyConnection) -> None:
    """Detach and keep the instance; one with an open transaction or trouble is closed."""
    try:
        con.execute(f"USE memory; DETACH {ALIAS}")
    except duckdb.Error:
        con.close()
    else:
        _idle.append(con)


@contextmanager
def session(
    settings: Settings, *, read_only: bool, snapshot: int | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """One attached connection; what is not committed at its end is rolled back."""
    file = catalog_file(settings)
    # A process killed at its very first write leaves an empty file.
    if read_only and file and not (file.exists() and file.stat().st_size):
        if any(file.parent.glob("backups/*.sqlite")):
            raise LakeMissing(f"The lake {file} has no catalog any more. {RESTORE}")
        raise LakeMissing(
            f"No lake at {file}. Load something first: scripts/quickstart for the sample league, "
            "or prefect deployment run 'ingest/nflverse'."
        )
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    with shared(file, settings.lake_lock_timeout) if read_only and file else nullcontext():
        con = _instance()
        try:
            _attach(con, settings, read_only, snapshot)
        except duckdb.Error as error:
            con.close()
            if is_transient(error):
                raise
            what = f" at snapshot {snapshot}" if snapshot is not None else ""
            raise LakeMissing(
                f"The lake {shown(settings)} could not be opened{what}: {reason(error, settings)}. "
                f"Check free space and permissions of its folder. {RESTORE}"
            ) from error
        try:
            yield con
        except BaseException as error:
            con.close()
            # A page in the middle of the catalog may be the broken one: opening did not read it.
            if file and isinstance(error, duckdb.Error) and is_damage(error):
                raise LakeMissing(
                    f"The lake {shown(settings)} could not be read: {reason(error, settings)}. "
                    f"{RESTORE}"
                ) from error
            raise
        _release(con)


@contextmanager
def opened_copy(catalog: Path, files: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of a SQLite catalog, attached for reading over the lake's files."""
    con = _instance()
    try:
        con.execute("LOAD sqlite_scanner")
        options = f"DATA_PATH {_text(files)}, OVERRIDE_DATA_PATH, READ_ONLY"
        con.execute(f"ATTACH {_text(f'ducklake:sqlite:{catalog}')} AS {ALIAS} ({options})")
        con.execute(f"USE {ALIAS}")
        yield con
    finally:
        con.close()


@contextmanager
def connect(
    *, snapshot: int | None = None, settings: Settings | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection with the lake as default database, pinned to `snapshot` if given.

    Raises `LakeMissing` without a lake, `LakeBusy` when lock errors outlast the retries.
    """
    settings = settings or get_settings()
    with ExitStack() as stack:
        try:
            for attempt in stamina.retry_context(on=is_transient, attempts=8, wait_initial=0.05):
                with attempt:
                    opened = session(settings, read_only=True, snapshot=snapshot)
                    con = stack.enter_context(opened)
        except duckdb.Error as error:
            raise LakeBusy(
                f"The lake {shown(settings)} stayed locked: {reason(error, settings)}. Try again."
            ) from error
        yield con


def read(
    query: str,
    parameters: Sequence[Any] | None = None,
    *,
    snapshot: int | None = None,
    settings: Settings | None = None,
) -> "pl.DataFrame":
    """Run one query and return a Polars frame; lock errors are retried with jitter."""
    try:
        for attempt in stamina.retry_context(on=is_transient, attempts=8, wait_initial=0.05):
            with attempt, connect(snapshot=snapshot, settings=settings) as con:
                return con.execute(query, parameters or []).pl()
    except duckdb.Error as error:
        if is_transient(error):
            raise LakeBusy(f"The lake stayed locked: {error}. Try again.") from error
        raise
    raise AssertionError("unreachable")


def table_columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column name -> DuckDB type of `schema.table`; empty when the table does not exist."""
    schema, _, name = table.partition(".")
    rows = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = ? AND schema_name = ? AND table_name = ? ORDER BY column_index",
        [ALIAS, schema, name],
    ).fetchall()
    return dict(rows)


def table_exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """True when `schema.table` (table or view) is in the attached lake."""
    return bool(table_columns(con, table))
