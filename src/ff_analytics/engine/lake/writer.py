"""One writer at a time on an embedded catalog; conflicts retried on a shared one."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar
from uuid import uuid4

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.retries import WRITING
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.attach import locks
from ff_analytics.engine.lake.attach.catalog import ALIAS, catalog_file
from ff_analytics.engine.lake.attach.classify import (
    cannot_write,
    gave_up,
    is_transient,
    unwritable,
)
from ff_analytics.engine.lake.attach.connection import connect, session
from ff_analytics.engine.lake.history import committed_by, last_commit_of

T = TypeVar("T")


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
    """The result of the work and the snapshot of its transaction."""

    value: T
    snapshot: int


@contextmanager
def exclusive(
    holder: str, *, timeout: float | None = None, settings: Settings | None = None
) -> Iterator[None]:
    """Hold the writer lock: for every write on a SQLite catalog; for dbt and maintenance on both.

    Single commits to a Postgres catalog need no lock: it refuses those that conflict.
    Raises `LakeBusy`, naming the holder and since when, after `timeout` seconds, and
    `PublishError` when the lake's folder cannot be written.
    """
    settings = settings or get_settings()
    wait = settings.lake_lock_timeout if timeout is None else timeout

    def busy(who: str) -> str:
        return (
            f"The lake is being written by {who}; {holder} waited {wait:.0f} s. "
            "Wait for it to finish, or raise FF_LAKE_LOCK_TIMEOUT."
        )

    with ExitStack() as held:
        try:
            held.enter_context(
                locks.turn("writer", holder, seconds=wait, settings=settings, busy=busy)
            )
        except OSError as error:
            raise unwritable(error, settings, holder) from error
        yield


class _Attempts(Generic[T]):
    """One commit, tried until it is known to be stored, once."""

    def __init__(
        self,
        settings: Settings,
        provenance: Provenance,
        work: Callable[[duckdb.DuckDBPyConnection], T],
    ) -> None:
        self.settings, self.who, self.work = settings, provenance, work
        # After a connection lost during COMMIT, this mark shows whether it was stored.
        mark = {} if catalog_file(settings) else {"commit": uuid4().hex}
        self.extra = json.dumps(provenance.model_dump(mode="json") | mark)
        self.in_doubt: list[T] = []

    def __call__(self) -> Committed[T]:
        with session(self.settings, read_only=False, holder=self.who.author) as con:
            if self.in_doubt and (stored := committed_by(con, self.extra)) is not None:
                return Committed(self.in_doubt[-1], stored)
            self.in_doubt.clear()
            con.execute("BEGIN")
            value = self.work(con)
            con.execute(
                f"CALL {ALIAS}.set_commit_message(?, ?, extra_info => ?)",
                [self.who.author, self.who.message, self.extra],
            )
            fault_point("lake.before-commit")
            if not catalog_file(self.settings):
                self.in_doubt.append(value)
            con.execute("COMMIT")
            fault_point("lake.after-commit")
            return Committed(value, last_commit_of(con))


def _there(settings: Settings) -> bool:
    try:
        with connect(settings=settings):
            return True
    except LakeMissing:
        return False


def rehearse(
    author: str,
    work: Callable[[duckdb.DuckDBPyConnection], T],
    *,
    settings: Settings | None = None,
) -> T:
    """The result of `work` in a transaction that is rolled back: no snapshot, no file.

    A lake that does not exist is not created; `work` runs in an empty one that is then removed.
    """
    settings = settings or get_settings()
    with TemporaryDirectory() as folder:
        if not _there(settings):
            settings = settings.embedded(Path(folder))
        alone = exclusive(author, settings=settings) if catalog_file(settings) else nullcontext()
        with alone, session(settings, read_only=False, holder=author) as con:
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
    alone = exclusive(provenance.author, timeout=timeout, settings=settings)
    try:
        with alone if catalog_file(settings) else nullcontext():
            attempt_it = _Attempts(settings, provenance, work)
            for attempt in WRITING.attempts_on(is_transient):
                with attempt:
                    return attempt_it()
    except duckdb.Error as error:
        if is_transient(error):
            raise gave_up(error, settings, provenance.author) from None
        if cannot_write(error):
            raise unwritable(error, settings, provenance.author) from error
        raise
    raise AssertionError("unreachable")
