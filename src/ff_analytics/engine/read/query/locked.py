"""A connection to the lake that cannot leave it: no other file, network, setting or extension."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake import damage
from ff_analytics.engine.lake.attach.catalog import hide, text
from ff_analytics.engine.lake.attach.classify import is_transient
from ff_analytics.engine.lake.attach.instance import prepare
from ff_analytics.engine.read.query.limits import Limits, QueryFailed, QueryStopped

_serving = threading.Event()


def prefetch_instances() -> None:
    """From now on make the next DuckDB instance while the caller works on an answer.

    For servers only: a process that ends while a thread makes an instance is aborted by DuckDB.
    """
    _serving.set()


@contextmanager
def locked(
    settings: Settings, snapshot: int, limits: Limits, folders: Sequence[Path] = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection at `snapshot` whose settings cannot be changed any more.

    Besides the lake's files it reads those below `folders`.
    """
    with lake.connect(snapshot=snapshot, settings=settings) as con:
        places = [settings.files, *(str(folder.resolve()) for folder in folders)]
        readable = ", ".join(text(place.rstrip("/") + "/") for place in places)
        for setting in (
            "python_enable_replacements = false",
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            "temp_directory = ''",
            f"memory_limit = '{limits.memory_mb}MB'",
            f"allowed_directories = [{readable}]",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            con.execute(f"SET {setting}")
        try:
            yield con
        finally:
            # Its settings are locked, so it cannot serve another connection.
            con.close()
            if _serving.is_set():
                # Not a daemon: the interpreter waits for it at its end.
                threading.Thread(target=prepare, name="prepare-duckdb").start()


@contextmanager
def bounded(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    seconds: float,
    cancel: threading.Event | None = None,
) -> Iterator[None]:
    """Interrupt what `con` runs after `seconds` or when `cancel` is set.

    Raises `QueryStopped` then, and `QueryFailed` for what DuckDB cannot answer. Lock errors and
    damage of the lake pass.
    """
    done, late = threading.Event(), threading.Event()

    def watch() -> None:
        passed, step = 0.0, 0.05
        while not done.wait(step):
            passed += step
            if passed >= seconds or (cancel is not None and cancel.is_set()):
                late.set()
                with suppress(duckdb.Error):
                    con.interrupt()

    watcher = threading.Thread(target=watch, name="query-limit", daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.Error as error:
        if late.is_set():
            why = "cancelled" if cancel is not None and cancel.is_set() else "stopped"
            raise QueryStopped(
                f"The query was {why} after its limit of {seconds:g} s. Read fewer rows or "
                "columns, or filter earlier."
            ) from None
        if isinstance(error, duckdb.OutOfMemoryException):
            raise QueryFailed(
                "The query needs more memory than its limit. Read fewer rows or columns."
            ) from None
        if is_transient(error) or damage.may_explain(error):
            # `lake.connect` tries again, or looks for the lost file and names it.
            raise
        raise QueryFailed(hide(" ".join(str(error).split()), settings)) from None
    finally:
        done.set()
        watcher.join()
