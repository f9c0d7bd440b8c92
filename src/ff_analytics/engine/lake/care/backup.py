"""Copies of the SQLite catalog: taken before maintenance, checked, and put back by hand.

A copy names the data files of its moment. Maintenance deletes a file only when it has been
out of use for `GRACE`, and always after a new copy; so the newest copy has all its files,
however old it is, and any copy has them for `GRACE` after the maintenance that it preceded.
"""

import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ff_analytics.engine.base.atomic import replacing
from ff_analytics.engine.base.errors import ConfigError, LakeDamaged, PublishError
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach import identity
from ff_analytics.engine.lake.attach.catalog import RESTORE, catalog_file
from ff_analytics.engine.lake.attach.classify import is_damage
from ff_analytics.engine.lake.attach.locks import exclusive_lock
from ff_analytics.engine.lake.care import catalog_size
from ff_analytics.engine.lake.writer import exclusive

_TIME = "%Y%m%dT%H%M%SZ"
# SQLite finds its log by the name of the database: an old log next to a new file corrupts it.
_PARTS = ("", "-wal", "-shm")


def sqlite_catalog(settings: Settings) -> Path:
    """The catalog's file; `ConfigError` for a Postgres catalog, which has tools of its own."""
    file = catalog_file(settings)
    if file is None:
        raise ConfigError(
            "The catalog is a Postgres database: copy it with pg_dump and put it back with "
            "pg_restore (docs/operations.md, 'Backup and restore')."
        )
    return file


def folder_of(settings: Settings) -> Path:
    """The folder of the copies, next to the catalog."""
    return sqlite_catalog(settings).parent / "backups"


def taken_at(copy: Path) -> datetime:
    """When the copy was taken, from its name."""
    return datetime.strptime(copy.stem.partition("-")[2], _TIME).replace(tzinfo=UTC)


def copies(settings: Settings) -> list[Path]:
    """All copies, newest first."""
    return sorted(folder_of(settings).glob("catalog-*Z.sqlite"), reverse=True)


def _copy(source: Path, target: Path) -> None:
    """One consistent, checked file, whatever is in the source's log."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(f"malformed: {found}")


def suspects(settings: Settings) -> list[Path]:
    """Copies of catalogs that were much smaller than the copy before, newest first."""
    return sorted(folder_of(settings).glob("suspect-*Z.sqlite"), reverse=True)


def _new(kind: str, settings: Settings) -> Path:
    """A name with the time of now; of a later second where that one has a copy already."""
    moment = datetime.now(UTC)
    while (file := folder_of(settings) / f"{kind}-{moment:{_TIME}}.sqlite").exists():
        moment += timedelta(seconds=1)
    return file


def _trim(kept: list[Path], settings: Settings) -> None:
    for old in kept[settings.catalog_backups :]:
        old.unlink(missing_ok=True)


def _refuse_smaller(fresh: Path, settings: Settings) -> None:
    """Keep `fresh` next to the copies and raise if it has far less than the newest of them."""
    for copy in copies(settings)[:1]:
        if why := catalog_size.shrunk(catalog_size.of(fresh), catalog_size.of(copy)):
            aside = _new("suspect", settings)
            fresh.replace(aside)
            _trim(suspects(settings), settings)
            raise LakeDamaged(
                f"The catalog {sqlite_catalog(settings)} {why} ({copy.name}): it is kept as "
                f"{aside}, no copy was replaced, nothing else was changed. {RESTORE} "
                f"{identity.ADOPT} accepts the catalog as it is."
            )


def back_up(settings: Settings, *, compared: bool = True) -> Path:
    """Copy the catalog and delete copies past `FF_CATALOG_BACKUPS`; the caller holds the lock.

    No DuckDB of this process may have the catalog open: closing SQLite's file a second time in
    one process drops the locks of the first. Raises `LakeDamaged` when the catalog is damaged or,
    if `compared`, much smaller than the newest copy, so that bad copies never replace good ones,
    and `PublishError` when it cannot be written.
    """
    source = sqlite_catalog(settings)
    folder = folder_of(settings)
    target = _new("catalog", settings)
    try:
        # Of killed processes: the caller holds the lock, so no other one is active.
        for leftover in folder.glob(".catalog-*.tmp"):
            leftover.unlink(missing_ok=True)
        with replacing(target) as temporary:
            _copy(source, temporary)
            if compared:
                _refuse_smaller(temporary, settings)
            fault_point("backup.before-replace")
    except (sqlite3.Error, OSError) as error:
        if is_damage(error):
            raise LakeDamaged(
                f"The lake {source} is damaged: {error}. Nothing was changed. {RESTORE}"
            ) from error
        raise PublishError(
            f"The catalog could not be copied to {folder}: {error}. Nothing was changed. "
            "Check free space and permissions of the folder, then run again."
        ) from error
    _trim(copies(settings), settings)
    return target


def _as_readers_want_it(fresh: Path) -> None:
    # A reader may not write, so it cannot enable the log.
    with closing(sqlite3.connect(fresh)) as con:
        con.execute("PRAGMA journal_mode = WAL")


def restore(copy: Path, settings: Settings, *, timeout: float = 5.0) -> Path:
    """Replace the catalog with `copy`; returns the folder with the replaced files.

    It can be run again after a kill. Raises `LakeBusy` while another process writes or reads.
    """
    target = sqlite_catalog(settings)
    with (
        exclusive("ff lake restore", timeout=timeout, settings=settings),
        exclusive_lock(settings, "ff lake restore", timeout),
    ):
        aside = target.parent / "replaced" / f"{datetime.now(UTC):{_TIME}}"
        try:
            aside.mkdir(parents=True, exist_ok=True)
            for part in _PARTS:
                with suppress(FileNotFoundError):
                    shutil.copy2(f"{target}{part}", aside)
            with replacing(target) as fresh:
                shutil.copyfile(copy, fresh)
                # From before the lake had an identity: it was inspected, and the user chose it.
                if files := identity.of_files(settings):
                    catalog_size.stamp(fresh, files)
                _as_readers_want_it(fresh)
                for part in _PARTS[1:]:
                    Path(f"{target}{part}").unlink(missing_ok=True)
                fault_point("restore.before-replace")
        except OSError as error:
            raise PublishError(
                f"{copy} could not replace {target}: {error}. The replaced files are in "
                f"{aside}. Check free space and permissions of the folder, then run again."
            ) from error
        return aside


def chosen(name: str, settings: Settings) -> Path:
    """The copy of that name, number in the list, or `latest`; `ConfigError` if there is none."""
    known = copies(settings)
    by_name = {str(number): copy for number, copy in enumerate(known, 1)}
    by_name |= {copy.name: copy for copy in known} | {copy.stem: copy for copy in known}
    if known:
        by_name["latest"] = known[0]
    if name not in by_name:
        raise ConfigError(
            f"There is no copy {name!r} in {folder_of(settings)}. "
            "ff lake restore without arguments lists them."
        )
    return by_name[name]
