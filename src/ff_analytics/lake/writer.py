"""One writer at a time on an embedded catalog; conflicts retried on a shared one.

The lock is an OS file lock: the kernel frees it on any death of its holder, so there is
nothing to clean up after a kill. A side file names the holder for the error message only.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

import duckdb
import stamina
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.errors import LakeBusy, PublishError
from ff_analytics.faults import fault_point
from ff_analytics.lake.connection import (
    ALIAS,
    catalog_file,
    is_transient,
    reason,
    session,
    shown,
)
from ff_analytics.lake.history import snapshot_of
from ff_analytics.settings import Settings, get_settings

T = TypeVar("T")

# Words of DuckDB, SQLite and Postgres for a place that takes no more bytes.
_UNWRITABLE = ("disk is full", "no space left", "readonly database", "read-only", "permission")


class Provenance(BaseModel):
    """Who wrote a snapshot and from what; stored with the commit as JSON."""

    model_config = ConfigDict(frozen=True)

    author: str = Field(description="Flow or script that writes, e.g. ingest/nflverse.")
    message: str = Field(description="One line for the history.")
    run_id: str | None = None
    deployment: str | None = None
    details: dict[str, Any] = Field(default_factory=dict, description="Source, window, rows …")


@dataclass(frozen=True)
class Committed(Generic[T]):
    """What the work returned and the snapshot that its transaction made."""

    value: T
    snapshot: int


def _holder_of(note: Path) -> str:
    try:
        held = json.loads(note.read_text())
        return f"{held['holder']} (pid {held['pid']}) since {held['since']}"
    except (OSError, ValueError, KeyError):
        return "another process"


def _unwritable(settings: Settings, holder: str, error: Exception) -> PublishError:
    return PublishError(
        f"{holder} could not write the lake {shown(settings)}: {reason(error, settings)}. "
        "Nothing of this commit is stored. Check free space and permissions of its folder, "
        "then run again."
    )


@contextmanager
def exclusive(
    holder: str, *, timeout: float | None = None, settings: Settings | None = None
) -> Iterator[None]:
    """Hold the right to write. On Postgres catalogs, which need none, this does nothing.

    Raises `LakeBusy`, naming the holder and since when, after `timeout` seconds, and
    `PublishError` when the lake's folder cannot be written.
    """
    settings = settings or get_settings()
    file = catalog_file(settings)
    if file is None:
        yield
        return
    note = file.with_suffix(".holder.json")
    wait = settings.lake_lock_timeout if timeout is None else timeout
    lock = FileLock(file.with_suffix(".lock"), timeout=wait, is_singleton=True)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise LakeBusy(
            f"The lake is being written by {_holder_of(note)}; {holder} waited {wait:.0f} s. "
            "Wait for it to finish, or raise FF_LAKE_LOCK_TIMEOUT."
        ) from None
    except OSError as error:
        raise _unwritable(settings, holder, error) from error
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        # Only for the message: a full disk shows when something that matters is written.
        with suppress(OSError):
            note.write_text(json.dumps({"holder": holder, "pid": os.getpid(), "since": since}))
        yield
    finally:
        lock.release()


def _transact(
    settings: Settings,
    provenance: Provenance,
    work: Callable[[duckdb.DuckDBPyConnection], T],
) -> Committed[T]:
    with session(settings, read_only=False) as con:
        con.execute("BEGIN")
        value = work(con)
        con.execute(
            f"CALL {ALIAS}.set_commit_message(?, ?, extra_info => ?)",
            [provenance.author, provenance.message, provenance.model_dump_json()],
        )
        fault_point("lake.before-commit")
        con.execute("COMMIT")
        fault_point("lake.after-commit")
        return Committed(value, snapshot_of(con))


def rehearse(
    author: str,
    work: Callable[[duckdb.DuckDBPyConnection], T],
    *,
    settings: Settings | None = None,
) -> T:
    """What `work` returns in a transaction that is then rolled back: no snapshot, no file.

    A lake that does not exist is not made; `work` runs in an empty one that goes away again.
    """
    settings = settings or get_settings()
    with TemporaryDirectory() as folder:
        file = catalog_file(settings)
        if file and not file.exists():
            aside = {"data_dir": Path(folder), "lake_catalog": "", "lake_data": ""}
            settings = settings.model_copy(update=aside)
        with exclusive(author, settings=settings), session(settings, read_only=False) as con:
            con.execute("BEGIN")
            value = work(con)
            con.execute("ROLLBACK")
            return value


def commit(
    provenance: Provenance,
    work: Callable[[duckdb.DuckDBPyConnection], T],
    *,
    timeout: float | None = None,
    settings: Settings | None = None,
) -> Committed[T]:
    """Run `work` in one transaction that becomes one snapshot, or nothing at all.

    `work` may run more than once (lock errors, commit conflicts), so it must only touch
    the connection it is given.
    """
    settings = settings or get_settings()
    try:
        with exclusive(provenance.author, timeout=timeout, settings=settings):
            for attempt in stamina.retry_context(
                on=is_transient, attempts=12, wait_initial=0.05, wait_max=2.0, timeout=60.0
            ):
                with attempt:
                    return _transact(settings, provenance, work)
    except duckdb.Error as error:
        if is_transient(error):
            raise LakeBusy(f"The lake stayed locked for {provenance.author}: {error}") from error
        if any(words in str(error).lower() for words in _UNWRITABLE):
            raise _unwritable(settings, provenance.author, error) from error
        raise
    raise AssertionError("unreachable")
