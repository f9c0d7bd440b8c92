"""Nightly care of the lake: small files merged, old snapshots and their files removed."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial

import duckdb
from pydantic import BaseModel, ConfigDict

from ff_analytics.engine.base.errors import LakeForeign
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.attach import identity
from ff_analytics.engine.lake.attach.catalog import ALIAS, catalog_file, shown, way_back
from ff_analytics.engine.lake.attach.connection import session
from ff_analytics.engine.lake.attach.locks import exclusive_lock
from ff_analytics.engine.lake.care import trash
from ff_analytics.engine.lake.care.backup import back_up
from ff_analytics.engine.lake.care.files import storage_of
from ff_analytics.engine.lake.writer import exclusive

# Files of an expired snapshot stay this long, for readers that are still pinned to it.
GRACE = timedelta(hours=24)
# So few unknown files are what killed writers leave, whatever their share.
_FEW = 5
_WHO = "maintenance/nightly"


class MaintenanceReport(BaseModel):
    """Counts of what was done, or would be done in a dry run."""

    model_config = ConfigDict(frozen=True)

    dry_run: bool
    snapshots_expired: int = 0
    files_merged: int = 0
    files_removed: int = 0
    orphans_moved: int = 0
    trash_emptied: int = 0
    trash: str | None = None
    catalog_copy: str | None = None

    def line(self) -> str:
        verb = "would be" if self.dry_run else "were"
        copied = f"; catalog copied to {self.catalog_copy}" if self.catalog_copy else ""
        emptied = f", {self.trash_emptied} deleted from it" if self.trash_emptied else ""
        bin_ = f" to {self.trash}{emptied}" if self.trash else ""
        return (
            f"{self.snapshots_expired} snapshots {verb} expired, {self.files_merged} files merged, "
            f"{self.files_removed} old files removed, {self.orphans_moved} orphans moved{bin_}"
            f"{copied}"
        )


def _tidy(con: duckdb.DuckDBPyConnection) -> int:
    """Rows out of the catalog, small files into larger ones; returns how many were merged."""
    con.execute(f"CALL ducklake_flush_inlined_data('{ALIAS}')")
    fault_point("maintenance.after-flush")
    merged = con.execute(f"CALL ducklake_merge_adjacent_files('{ALIAS}')").fetchall()
    fault_point("maintenance.after-merge")
    return len(merged)


def _expire(con: duckdb.DuckDBPyConnection, limit: datetime, dry_run: bool) -> int:
    call = f"CALL ducklake_expire_snapshots('{ALIAS}', older_than => ?, dry_run => {dry_run})"
    return len(con.execute(call, [limit]).fetchall())


def _clean_up(con: duckdb.DuckDBPyConnection, dry_run: bool) -> int:
    call = f"CALL ducklake_cleanup_old_files('{ALIAS}', older_than => ?, dry_run => {dry_run})"
    return len(con.execute(call, [datetime.now(UTC) - GRACE]).fetchall())


def orphans(con: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    """Data files older than `GRACE` that the catalog does not name, relative to the lake's files.

    Raises `LakeForeign` when they outnumber the known ones or are more than `FF_ORPHAN_SHARE`.
    """
    named, limit = identity.named_files(con), datetime.now(UTC) - GRACE
    # Outputs of products are no data files of the lake, even if they are configured below these.
    published = f"{settings.analytics}/".removeprefix(f"{settings.files}/")
    found = {
        path: seen
        for path, seen in storage_of(settings).files().items()
        if path.endswith(".parquet") and not path.startswith(published)
    }
    unknown = {path: f for path, f in found.items() if path.rpartition("/")[2] not in named}
    known = len(found) - len(unknown)
    old = [path for path, seen in unknown.items() if seen.written_at < limit]
    allowed = settings.orphan_share
    too_many = len(old) > allowed * (len(old) + known)
    if too_many and (len(old) > known or len(old) > _FEW):
        raise LakeForeign(
            f"{len(old)} files in {settings.files} are unknown to the catalog {shown(settings)}, "
            f"which knows {known} (FF_ORPHAN_SHARE allows {allowed:.0%}): nothing was changed. "
            f"Is it the right catalog? {way_back(settings)} If these files are not needed, run "
            "maintenance with FF_ORPHAN_SHARE=1: it moves them to the trash."
        )
    return old


def maintain(
    *, dry_run: bool, retention_days: int | None = None, settings: Settings | None = None
) -> MaintenanceReport:
    """Copy the catalog, then flush, merge, expire and clean the lake, under the writer lock.

    Snapshots older than `retention_days` can no longer be read with `as_of`; the newest
    always stays. Orphans go to the trash. A dry run only counts. Nothing is changed without a
    copy of an SQLite catalog, and `LakeForeign` is raised where catalog and files have no common
    identity or too many files are unknown.
    """
    settings = settings or get_settings()
    days = settings.snapshot_retention_days if retention_days is None else retention_days
    limit = datetime.now(UTC) - timedelta(days=days)
    opened = partial(
        session,
        settings,
        read_only=False,
        guarded=dry_run,
        holder=_WHO,
        create=False,
        verify=identity.require,
    )
    merged = 0
    copied = None
    with (
        exclusive(_WHO, settings=settings),
        nullcontext() if dry_run else exclusive_lock(settings, _WHO, settings.lake_lock_timeout),
    ):
        with opened() as con:
            retired = orphans(con, settings)
        if catalog_file(settings) and not dry_run:
            copied = str(back_up(settings))
        with opened() as con:
            if not dry_run:
                merged = _tidy(con)
            expired = _expire(con, limit, dry_run)
            fault_point("maintenance.after-expire")
            removed = _clean_up(con, dry_run)
        kept = trash.of_lake(settings)
        if not dry_run:
            trash.discard(retired, storage_of(settings), kept, settings)
        emptied = trash.empty(kept, settings, dry_run=dry_run)
    return MaintenanceReport(
        dry_run=dry_run,
        snapshots_expired=expired,
        files_merged=merged,
        files_removed=removed,
        orphans_moved=len(retired),
        trash_emptied=emptied,
        trash=kept.place if retired or emptied else None,
        catalog_copy=copied,
    )
