"""Attach the lake to an in-memory DuckDB, for reading or for one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.retries import READING
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake import damage
from ff_analytics.engine.lake.attach import identity, locks
from ff_analytics.engine.lake.attach.catalog import (
    ALIAS,
    attach_options,
    catalog_file,
    catalog_path,
    quote,
    text,
)
from ff_analytics.engine.lake.attach.classify import explained, gave_up, is_transient
from ff_analytics.engine.lake.attach.instance import discard, instance, keep
from ff_analytics.engine.lake.attach.open_errors import is_absent, no_lake, unopened
from ff_analytics.engine.lake.attach.storage import open_store

if TYPE_CHECKING:
    import polars as pl

__all__ = ["connect", "quote", "read", "session", "table_columns", "table_exists"]


def _attach(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    read_only: bool = False,
    snapshot: int | None = None,
    create: bool = False,
) -> None:
    con.execute("LOAD sqlite_scanner" if catalog_file(settings) else "LOAD postgres_scanner")
    open_store(con, settings)
    given = attach_options(settings) | ({"CREATE_IF_NOT_EXISTS": "true"} if create else {})
    options = [f"{key} {text(value)}" for key, value in given.items()]
    if read_only:
        options.append("READ_ONLY")
    if snapshot is not None:
        options.append(f"SNAPSHOT_VERSION {int(snapshot)}")
    where = text(f"ducklake:{catalog_path(settings)}")
    con.execute(f"ATTACH {where} AS {ALIAS} ({', '.join(options)})")
    con.execute(f"USE {ALIAS}")


def _release(con: duckdb.DuckDBPyConnection) -> None:
    """Detach and keep the instance; close one with an open transaction or an error."""
    try:
        con.execute(f"USE memory; DETACH {ALIAS}")
        keep(con)
    except duckdb.Error:
        con.close()


def _attach_existing(
    con: duckdb.DuckDBPyConnection, settings: Settings, *, read_only: bool, snapshot: int | None
) -> None:
    """Attach a lake that must exist; one that is created at this moment counts."""
    try:
        _attach(con, settings, read_only=read_only, snapshot=snapshot)
    except duckdb.Error as error:
        if not is_absent(error):
            raise
        found = identity.traces(settings)
        if not found:
            raise no_lake(settings, found) from None
        _attach(con, settings, read_only=read_only, snapshot=snapshot)


def _attach_or_create(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Attach for writing; create the lake only if no parts of another one exist."""
    try:
        _attach(con, settings)
    except duckdb.Error as error:
        if not is_absent(error):
            raise
        # With traces there is one more look: another process may have created it just now.
        _attach(con, settings, create=not identity.traces(settings))


def _opened(
    settings: Settings, read_only: bool, snapshot: int | None, create: bool
) -> duckdb.DuckDBPyConnection:
    con = instance()
    try:
        if read_only or not create:
            _attach_existing(con, settings, read_only=read_only, snapshot=snapshot)
        else:
            _attach_or_create(con, settings)
    except FFError:
        con.close()
        raise
    except duckdb.Error as error:
        con.close()
        if is_transient(error):
            raise
        # Not chained: the cause's text would be printed too, and may contain a password.
        raise unopened(error, settings, snapshot) from None
    return con


def _missing(file: Path) -> bool:
    return not file.exists() or not file.stat().st_size


@contextmanager
def session(
    settings: Settings,
    *,
    read_only: bool,
    snapshot: int | None = None,
    guarded: bool = True,
    holder: str = "ff-analytics",
    create: bool = True,
    verify: Callable[[duckdb.DuckDBPyConnection, Settings], object] = identity.ensure,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """One attached connection; uncommitted changes are rolled back at its end.

    `guarded`: maintenance waits for it. False only inside of maintenance itself.
    `create`: a lake that does not exist is created; False: `LakeMissing`.
    `verify`: runs before any write; raises when catalog and files belong to different lakes.
    """
    file = catalog_file(settings)
    if file and (read_only or not create) and _missing(file):
        found = identity.traces(settings)
        if not found or _missing(file):
            raise no_lake(settings, found)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    of_files = locks.shared(file, settings.lake_lock_timeout) if file and read_only else None
    with of_files or nullcontext():
        con = _opened(settings, read_only, snapshot, create)
        of_database = None if file or not guarded else locks.attached(con, settings, holder)
        try:
            with of_database or nullcontext():
                if not read_only:
                    verify(con, settings)
                yield con
        except BaseException as error:
            discard(con)
            if known := _damage(error, settings):
                raise known from None
            if not is_transient(error) and (known := explained(error, settings)):
                raise known from None
            raise
        _release(con)


def _damage(error: BaseException, settings: Settings) -> FFError | None:
    """The error for lost or damaged parts of the lake behind a failed query, from a new check."""
    if not damage.may_explain(error):
        return None
    try:
        con = _opened(settings, read_only=True, snapshot=None, create=False)
    except (FFError, duckdb.Error):
        return None
    try:
        return damage.explain(error, con, settings)
    except duckdb.Error:
        return None
    finally:
        discard(con)


@contextmanager
def store_connection(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB without a lake that reaches the object store."""
    con = instance()
    try:
        open_store(con, settings)
        yield con
    except duckdb.Error as error:
        con.close()
        if not is_transient(error) and (known := explained(error, settings)):
            raise known from None
        raise
    keep(con)


@contextmanager
def opened_copy(catalog: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of a SQLite catalog, attached for reading over the lake's files."""
    con = instance()
    try:
        con.execute("LOAD sqlite_scanner")
        open_store(con, settings)
        options = f"DATA_PATH {text(settings.files)}, OVERRIDE_DATA_PATH, READ_ONLY"
        con.execute(f"ATTACH {text(f'ducklake:sqlite:{catalog}')} AS {ALIAS} ({options})")
        con.execute(f"USE {ALIAS}")
        yield con
    finally:
        con.close()


@contextmanager
def connect(
    *, snapshot: int | None = None, settings: Settings | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection with the lake as default database, pinned to `snapshot` if given.

    Raises `LakeMissing` without a lake, `LakeBusy` when lock errors outlast the retries, and
    `LakeUnreachable` when its servers do not answer.
    """
    settings = settings or get_settings()
    with ExitStack() as stack:
        try:
            for attempt in READING.attempts_on(is_transient):
                with attempt:
                    opened = session(settings, read_only=True, snapshot=snapshot)
                    con = stack.enter_context(opened)
        except duckdb.Error as error:
            raise gave_up(error, settings) from None
        yield con


def read(
    query: str,
    parameters: Sequence[Any] | None = None,
    *,
    snapshot: int | None = None,
    settings: Settings | None = None,
) -> "pl.DataFrame":
    """Run one query and return a Polars frame; lock errors are retried with jitter."""
    settings = settings or get_settings()
    try:
        for attempt in READING.attempts_on(is_transient):
            with attempt, connect(snapshot=snapshot, settings=settings) as con:
                return con.execute(query, parameters or []).pl()
    except duckdb.Error as error:
        if is_transient(error):
            raise gave_up(error, settings) from None
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
