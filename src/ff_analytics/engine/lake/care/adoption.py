"""By hand: accept a catalog and files as one lake; move files of a copy back from the trash."""

from pathlib import Path

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach import identity
from ff_analytics.engine.lake.attach.catalog import catalog_file
from ff_analytics.engine.lake.attach.connection import opened_copy, session
from ff_analytics.engine.lake.attach.identity import Census, Identity
from ff_analytics.engine.lake.attach.locks import exclusive_lock
from ff_analytics.engine.lake.care import trash
from ff_analytics.engine.lake.care.backup import back_up
from ff_analytics.engine.lake.care.files import storage_at, storage_of
from ff_analytics.engine.lake.writer import exclusive

_WHO = "ff lake restore"


def look(settings: Settings) -> Census:
    """How far catalog and files fit together; `LakeMissing` or `LakeDamaged` without a catalog."""
    with (
        exclusive(_WHO, settings=settings),
        session(settings, read_only=False, create=False, verify=identity.census) as con,
    ):
        return identity.census(con, settings)


def adopt(settings: Settings) -> Identity:
    """Write the catalog's identity, or a new one, on both sides, and copy a SQLite catalog."""
    with (
        exclusive(_WHO, settings=settings),
        exclusive_lock(settings, _WHO, settings.lake_lock_timeout),
    ):
        with session(
            settings, read_only=False, guarded=False, create=False, verify=identity.census
        ) as con:
            accepted = identity.of_catalog(con) or identity.new()
            identity.write(con, accepted, settings)
        if catalog_file(settings):
            back_up(settings, compared=False)
    return accepted


def in_trash(copy: Path, settings: Settings) -> list[tuple[str, str]]:
    """Files that the copy names and that are in the trash only: day and path of each."""
    with opened_copy(copy, settings) as con:
        named = identity.named_files(con)
    present = storage_of(settings).files()
    parts = (path.partition("/") for path in trash.of_lake(settings).files())
    return [
        (day, path)
        for day, _, path in parts
        if path.rpartition("/")[2] in named and path not in present
    ]


def bring_back(copy: Path, settings: Settings) -> int:
    """Move the files of the copy that are in the trash to their place; returns how many."""
    waiting = in_trash(copy, settings)
    for day, path in waiting:
        storage_at(f"{trash.of_lake(settings).place}/{day}", settings).move_to(
            storage_of(settings), path
        )
    return len(waiting)
