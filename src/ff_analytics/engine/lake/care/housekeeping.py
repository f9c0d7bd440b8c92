"""Delete old files that only help to look back: quarantine, provider cache, output of runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ff_analytics.engine.base.settings import Settings, get_settings


def _old_files(folder: Path, limit: datetime) -> list[Path]:
    if not folder.is_dir():
        return []
    files = (path for path in folder.rglob("*") if path.is_file())
    return [p for p in files if datetime.fromtimestamp(p.stat().st_mtime, UTC) < limit]


def remove_old_files(*, dry_run: bool, settings: Settings | None = None) -> int:
    """Delete quarantine, cache and run log files older than the run retention; return the count.

    A cached file that goes is only fetched again when its source is next asked for it.
    """
    settings = settings or get_settings()
    limit = datetime.now(UTC) - timedelta(days=settings.run_retention_days)
    old = [
        file
        for folder in (settings.quarantine_dir, settings.cache_dir, settings.run_logs_dir)
        for file in _old_files(folder, limit)
    ]
    if not dry_run:
        for file in old:
            file.unlink(missing_ok=True)
    return len(old)
