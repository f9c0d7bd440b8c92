"""Retire old files that only help to look back: quarantine, provider cache, output of runs."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.care import trash
from ff_analytics.engine.lake.care.files import storage_at


def _old_files(folder: Path, limit: datetime) -> list[Path]:
    if not folder.is_dir():
        return []
    # A lock file may be old and held.
    files = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock")
    return [p for p in files if datetime.fromtimestamp(p.stat().st_mtime, UTC) < limit]


def _remove_empty(folder: Path) -> None:
    for path in sorted(folder.glob("*"), reverse=True):
        with suppress(OSError):  # not a folder, or not empty
            path.rmdir()


def remove_old_files(
    *, dry_run: bool, run_folders: Iterable[str] = (), settings: Settings | None = None
) -> int:
    """Move old quarantine, cache and run log files to the trash; return the count.

    The same for `run_folders` below the data folder, which the domains declare. The trash keeps
    files for `FF_TRASH_DAYS`. A removed cache file is fetched again with the next load of its
    source.
    """
    settings = settings or get_settings()
    limit = datetime.now(UTC) - timedelta(days=settings.run_retention_days)
    runs = [settings.data / name for name in run_folders]
    old = [
        str(file.relative_to(settings.data))
        for folder in (settings.quarantine_dir, settings.cache_dir, settings.run_logs_dir, *runs)
        for file in _old_files(folder, limit)
    ]
    kept = trash.of_data(settings)
    if not dry_run:
        trash.discard(old, storage_at(str(settings.data), settings), kept, settings)
        for folder in runs:
            _remove_empty(folder)
    trash.empty(kept, settings, dry_run=dry_run)
    return len(old)
