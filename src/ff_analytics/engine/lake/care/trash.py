"""Trash: maintenance moves unused files to a folder of the day, and deletes them later.

The lake's data files go to `<FF_LAKE_DATA>-trash/<date>/`, other files to
`<FF_DATA_DIR>/trash/<date>/`, below their former path. To restore a file, move it back.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.care.files import Storage, storage_at


def of_lake(settings: Settings) -> Storage:
    """The trash of the lake's data files."""
    return storage_at(f"{settings.files}-trash", settings)


def of_data(settings: Settings) -> Storage:
    """The trash of the data folder."""
    return storage_at(str(settings.data / "trash"), settings)


def discard(paths: Iterable[str], source: Storage, trash: Storage, settings: Settings) -> None:
    """Move files of `source` to today's folder of `trash`."""
    today = storage_at(f"{trash.place}/{datetime.now(UTC).date()}", settings)
    for path in paths:
        source.move_to(today, path)


def _day(folder: str) -> date | None:
    try:
        return date.fromisoformat(folder)
    except ValueError:
        return None


def empty(trash: Storage, settings: Settings, *, dry_run: bool) -> int:
    """Delete the days past `FF_TRASH_DAYS`; returns the number of their files.

    Folders whose names are not dates are kept.
    """
    limit = datetime.now(UTC).date() - timedelta(days=settings.trash_days)
    old = [name for name in trash.folders() if (day := _day(name)) and day < limit]
    if not old:
        return 0
    held = sum(path.partition("/")[0] in old for path in trash.files())
    for name in () if dry_run else old:
        trash.delete_folder(name)
    return held
