"""Locks: named exclusive locks, and shared locks of readers against maintenance.

On a SQLite catalog these are file locks of its folder, on a Postgres catalog advisory locks of
the database, so they work across hosts. Either ends with its holder, however that dies.

Maintenance moves rows out of the catalog, merges files and expires snapshots. A DuckLake reader
that is open meanwhile may still look where the rows were, whatever snapshot it is pinned to,
and find none: no error, just no rows (seen with DuckDB 1.5.5). So readers share a lock, and
maintenance and replacing the catalog hold it exclusively. All wait for FF_LAKE_LOCK_TIMEOUT.
"""

import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from ff_analytics.engine.base.errors import LakeBusy
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import ALIAS, catalog_file, shown, text

# The first half of the keys of all our advisory locks; the second is a hash of the name.
_OURS = 0x66666C6B
_POLL = 0.02
# Locks of this thread: the writer may lock again inside its own lock, as with the file lock.
_mine = threading.local()
Busy = Callable[[str], str]


@contextmanager
def _flocked(descriptor: int, how: int, seconds: float, message: str) -> Iterator[None]:
    try:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(descriptor, how | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LakeBusy(f"{message}; waited {seconds:.0f} s. Try again.") from None
                time.sleep(_POLL)
        yield
    finally:
        os.close(descriptor)


def _lock_file(catalog: Path) -> int:
    return os.open(catalog.with_suffix(".readers"), os.O_RDWR | os.O_CREAT, 0o644)


def _ask(con: duckdb.DuckDBPyConnection, database: str, question: str) -> list[tuple[object, ...]]:
    query = f"SELECT * FROM postgres_query({text(database)}, {text(question)})"
    return con.execute(query).fetchall()


def _holder(con: duckdb.DuckDBPyConnection, database: str, name: str) -> str:
    rows = _ask(
        con,
        database,
        "SELECT application_name, to_char(xact_start AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD\"T\"HH24:MI:SSZ') FROM pg_locks JOIN pg_stat_activity USING (pid) "
        f"WHERE locktype = 'advisory' AND classid = {_OURS} AND granted "
        f"AND objid = (hashtext({text(name)})::bigint & 4294967295)::oid ORDER BY xact_start",
    )
    return f"{rows[0][0]} since {rows[0][1]}" if rows else "another process"


@contextmanager
def advisory(
    con: duckdb.DuckDBPyConnection,
    database: str,
    name: str,
    *,
    alone: bool,
    seconds: float,
    holder: str,
    busy: Busy,
) -> Iterator[None]:
    """Hold the lock `name` of the Postgres that `con` has attached as `database`.

    A separate transaction holds it: it ends with the connection, also behind a pooler. The lock is
    polled instead of awaited, because in a queue a process that already holds it could wait for
    itself behind another one.
    """
    asking = con.cursor()
    try:
        asking.execute("BEGIN")
        who = f"{holder[:40]} (pid {os.getpid()} on {socket.gethostname()[:12]})"
        _ask(asking, database, f"SELECT set_config('application_name', {text(who)}, true)")
        how = "" if alone else "_shared"
        attempt = f"SELECT pg_try_advisory_xact_lock{how}({_OURS}, hashtext({text(name)}))"
        deadline = time.monotonic() + seconds
        while not _ask(asking, database, attempt)[0][0]:
            if time.monotonic() > deadline:
                raise LakeBusy(busy(_holder(asking, database, name)))
            time.sleep(_POLL)
        yield
    finally:
        # A server that is gone has released the lock.
        with suppress(duckdb.Error):
            asking.execute("ROLLBACK")
        asking.close()


@contextmanager
def shared(catalog: Path, seconds: float) -> Iterator[None]:
    """Share a SQLite catalog as a reader; `LakeBusy` if it is locked exclusively too long."""
    try:
        descriptor = _lock_file(catalog)
    except OSError:
        # Maintenance cannot run where nothing can be written.
        yield
        return
    with _flocked(descriptor, fcntl.LOCK_SH, seconds, f"The lake {catalog} is being reorganised"):
        yield


@contextmanager
def attached(con: duckdb.DuckDBPyConnection, settings: Settings, holder: str) -> Iterator[None]:
    """Share a Postgres catalog, attached as the lake, as a reader or writer."""
    seconds = settings.lake_lock_timeout
    with advisory(
        con,
        f"__ducklake_metadata_{ALIAS}",
        "lake",
        alone=False,
        seconds=seconds,
        holder=holder,
        busy=lambda who: (
            f"The lake is being reorganised by {who}; waited {seconds:.0f} s. Try again."
        ),
    ):
        yield


@contextmanager
def _postgres(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    from ff_analytics.engine.lake.attach.instance import catalog_database

    with catalog_database(settings) as con:
        yield con


@contextmanager
def exclusive_lock(settings: Settings, holder: str, seconds: float) -> Iterator[None]:
    """Hold the lake without readers; `LakeBusy` if readers stay too long."""
    message = f"The lake {shown(settings)} is being read"
    if file := catalog_file(settings):
        with _flocked(_lock_file(file), fcntl.LOCK_EX, seconds, message):
            yield
        return
    with (
        _postgres(settings) as con,
        advisory(
            con,
            "catalog",
            "lake",
            alone=True,
            seconds=seconds,
            holder=holder,
            busy=lambda who: f"{message} by {who}; waited {seconds:.0f} s. Try again.",
        ),
    ):
        yield


@contextmanager
def _database_lock(
    name: str, holder: str, seconds: float, settings: Settings, busy: Busy
) -> Iterator[None]:
    held = _mine.__dict__.setdefault("held", set())
    key = (settings.catalog, name)
    if name == "writer" and key in held:
        yield
        return
    with (
        _postgres(settings) as con,
        advisory(con, "catalog", name, alone=True, seconds=seconds, holder=holder, busy=busy),
    ):
        held.add(key)
        try:
            yield
        finally:
            held.discard(key)


@contextmanager
def turn(
    name: str, holder: str, *, seconds: float, settings: Settings, busy: Busy
) -> Iterator[None]:
    """One holder of `name` at a time; `LakeBusy(busy(<who holds it>))` after `seconds`.

    Raises `OSError` when the folder of a SQLite catalog cannot be written.
    """
    file = catalog_file(settings)
    if file is None:
        with _database_lock(name, holder, seconds, settings, busy):
            yield
        return
    own = file if name == "writer" else file.parent / f"{name}.x"
    # Other locks may end in another thread, and exclude threads of one process.
    again = name == "writer"
    lock = FileLock(
        own.with_suffix(".lock"), timeout=seconds, is_singleton=again, thread_local=again
    )
    note = own.with_suffix(".holder.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire()
    except Timeout:
        raise LakeBusy(busy(_noted(note))) from None
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        # Only for the message: a full disk shows when something that matters is written.
        with suppress(OSError):
            note.write_text(json.dumps({"holder": holder, "pid": os.getpid(), "since": since}))
        yield
    finally:
        lock.release()


def _noted(note: Path) -> str:
    try:
        held = json.loads(note.read_text())
        return f"{held['holder']} (pid {held['pid']}) since {held['since']}"
    except (OSError, ValueError, KeyError):
        return "another process"
