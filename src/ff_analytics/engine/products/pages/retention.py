"""Retire the reports of days past `FF_REPORT_RETENTION_DAYS`."""

from datetime import UTC, datetime

from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.care import trash
from ff_analytics.engine.lake.care.files import storage_at
from ff_analytics.engine.products.pages.index import write_index
from ff_analytics.engine.products.pages.listing import old


def remove_old_reports(*, dry_run: bool, settings: Settings | None = None) -> int:
    """Move reports of old days to the trash and make the index again; return the count.

    The latest report of each league or tenant, and the newest of its days, always stay.
    """
    settings = settings or get_settings()
    files = old(settings, datetime.now(UTC).date())
    if files and not dry_run:
        names = [str(file.relative_to(settings.data)) for file in files]
        trash.discard(
            names, storage_at(str(settings.data), settings), trash.of_data(settings), settings
        )
        write_index(settings, "maintenance")
    return len(files)
