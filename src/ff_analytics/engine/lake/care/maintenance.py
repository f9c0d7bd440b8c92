"""Nightly care of the lake: small files merged, old snapshots and their files let go."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict

from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.care.backup import back_up
from ff_analytics.engine.lake.catalog import ALIAS, catalog_file, is_remote
from ff_analytics.engine.lake.connection import session
from ff_analytics.engine.lake.locks import alone
from ff_analytics.engine.lake.writer import exclusive

# Files of an expired snapshot stay this long, for readers that are still pinned to it.
GRACE = timedelta(hours=24)
_WHO = "maintenance/nightly"


class MaintenanceReport(BaseModel):
    """Counts of what was done, or would be done in a dry run."""

    model_config = ConfigDict(frozen=True)

    dry_run: bool
    snapshots_expired: int = 0
    files_merged: int = 0
    files_removed: int = 0
    orphans_removed: int = 0
    catalog_copy: str | None = None

    def line(self) -> str:
        verb = "would be" if self.dry_run else "were"
        copied = f"; catalog copied to {self.catalog_copy}" if self.catalog_copy else ""
        return (
            f"{self.snapshots_expired} snapshots {verb} expired, {self.files_merged} files merged, "
            f"{self.files_removed} old files and {self.orphans_removed} orphans removed{copied}"
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


def _delete(con: duckdb.DuckDBPyConnection, function: str, dry_run: bool) -> int:
    call = f"CALL {function}('{ALIAS}', older_than => ?, dry_run => {dry_run})"
    return len(con.execute(call, [datetime.now(UTC) - GRACE]).fetchall())


def maintain(
    *, dry_run: bool, retention_days: int | None = None, settings: Settings | None = None
) -> MaintenanceReport:
    """Copy the catalog, then flush, merge, expire and clean the lake, under the writer lock.

    Snapshots older than `retention_days` can no longer be read with `as_of`; the newest
    always stays. A dry run only counts. Without a copy of an SQLite catalog nothing is changed.
    """
    settings = settings or get_settings()
    days = settings.snapshot_retention_days if retention_days is None else retention_days
    file = catalog_file(settings)
    if file and not file.exists():
        raise LakeMissing(f"No lake at {file}: nothing to maintain yet.")
    if not is_remote(settings.files):
        Path(settings.files).mkdir(parents=True, exist_ok=True)
    limit = datetime.now(UTC) - timedelta(days=days)
    merged = 0
    copied = None
    with (
        exclusive(_WHO, settings=settings),
        nullcontext() if dry_run else alone(settings, _WHO, settings.lake_lock_timeout),
    ):
        if file and not dry_run:
            copied = str(back_up(settings))
        with session(settings, read_only=False, guarded=dry_run, holder=_WHO) as con:
            if not dry_run:
                merged = _tidy(con)
            expired = _expire(con, limit, dry_run)
            fault_point("maintenance.after-expire")
            removed = _delete(con, "ducklake_cleanup_old_files", dry_run)
            orphans = _delete(con, "ducklake_delete_orphaned_files", dry_run)
    return MaintenanceReport(
        dry_run=dry_run,
        snapshots_expired=expired,
        files_merged=merged,
        files_removed=removed,
        orphans_removed=orphans,
        catalog_copy=copied,
    )
