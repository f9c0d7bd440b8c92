"""`ff lake restore`: list the copies of the lake's catalog, or put one back.

Copies are taken before each maintenance (FF_CATALOG_BACKUPS of them are kept). The catalog that
is replaced is kept aside. What was committed after the copy is no longer in the lake: the next
ingests and runs load and build it again; lost are snapshots and past days since then.
"""

import argparse
import sys

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake import drop_damaged
from ff_analytics.engine.lake.care import adoption, backup, inspection, weight


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _catalog_line(settings: Settings) -> str:
    try:
        return f"{backup.sqlite_catalog(settings)}: snapshot {lake.current_snapshot(settings)}"
    except FFError as error:
        return str(error)


def show(settings: Settings) -> int:
    """Print the catalog's state and its copies; 1 when there is none."""
    _say(_catalog_line(settings))
    known = backup.copies(settings)
    if not known:
        _say(f"No copies in {backup.folder_of(settings)}: maintenance/nightly takes one each time.")
        return 1
    _say("copies, newest first:")
    for number, copy in enumerate(known, 1):
        when, size = backup.taken_at(copy), copy.stat().st_size / 1024
        _say(f"{number:>3}  {copy.stem}  {when:%Y-%m-%d %H:%M} UTC  {size:,.0f} kB")
        _say(f"     {inspection.state_of(copy, settings)}")
    for copy in backup.suspects(settings):
        _say(f"much smaller than the copy before, kept beside: {copy}, {weight.of(copy)}")
    _say("Put one back: ff lake restore latest (or its number or name)")
    return 0


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        _say("Nothing done: without a terminal, --yes is needed.")
        return False
    return input(f"{question} Stop the worker first. [y/N] ").strip().lower() in ("y", "yes")


def adopt(options: argparse.Namespace, settings: Settings) -> int:
    """Make the catalog as it is that of the files as they are; 1 when it was not done."""
    counted = adoption.look(settings)
    _say(
        f"{counted.there} of the {counted.named} files that the catalog names are there; "
        f"{counted.unknown} are unknown to it: maintenance moves those to the trash."
    )
    if options.dry_run:
        _say("Dry run: nothing was written.")
        return 0
    if not options.yes and not _agreed(f"Accept catalog and {settings.files} as one lake?"):
        return 1
    _say(f"Accepted: lake {adoption.adopt(settings)}.")
    return 0


def put_back(name: str, options: argparse.Namespace, settings: Settings) -> int:
    """Check the copy, ask, replace, check again; 1 when it was not done."""
    copy = backup.chosen(name, settings)
    if options.dry_run:
        if waiting := adoption.in_trash(copy, settings):
            _say(f"{len(waiting)} of its files are in the trash and would be moved back.")
    elif returned := adoption.bring_back(copy, settings):
        _say(f"{returned} of its files are back from the trash.")
    contents = inspection.inspect(copy, settings)
    _say(f"{copy.stem}: {inspection.state_of(copy, settings)}")
    if contents.trouble and not options.accept_missing:
        _say("Not complete: choose a newer copy, or --accept-missing to go on without those rows.")
        return 1
    if options.dry_run:
        _say("Dry run: nothing was replaced.")
        return 0
    question = (
        f"Replace {backup.sqlite_catalog(settings)} by the copy of {backup.taken_at(copy):%F %R} "
        "UTC?"
    )
    if not options.yes and not _agreed(question):
        return 1
    aside = backup.restore(copy, settings)
    _say(f"What was there before is in {aside}.")
    _say(f"Restored: snapshot {lake.current_snapshot(settings)}, {contents.tables} tables.")
    _say("Now run the ingests, then the products: they load and build what the copy lacks.")
    return 0


def drop_tables(options: argparse.Namespace, settings: Settings) -> int:
    """Read every data file, ask, and drop the tables of damaged ones; 1 when it was not done."""
    damaged = drop_damaged.find(settings)
    for one in damaged:
        _say(one.line())
    if closed := [one for one in damaged if one.closed]:
        _say(f"Nothing done: {len(closed)} files are closed to this user; give it the right first.")
        return 1
    if not damaged:
        _say("Every data file of the newest snapshot can be read: nothing to drop.")
        return 0
    if options.dry_run:
        _say("Dry run: nothing was dropped.")
        return 0
    tables = ", ".join(sorted({one.table for one in damaged}))
    if not options.yes and not _agreed(f"Drop {tables} with all their rows?"):
        return 1
    snapshot = drop_damaged.drop(damaged, settings)
    _say(f"Dropped {tables} in snapshot {snapshot}; older snapshots keep them.")
    _say("Now run the ingests of raw tables, then the products: they load and build them again.")
    return 0


def main() -> int:
    """Parse and do it; 2 when something is wrong, in one sentence."""
    summary, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(prog="ff lake restore", description=summary, epilog=rest)
    parser.add_argument("copy", nargs="?", help="latest, a number of the list, or a name")
    parser.add_argument("--dry-run", action="store_true", help="check the copy, replace nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--accept-missing",
        action="store_true",
        help="also a copy whose data files are not all there",
    )
    parser.add_argument(
        "--adopt",
        action="store_true",
        help="accept the catalog as it is as that of the files: one identity for both, a new copy",
    )
    parser.add_argument(
        "--drop-damaged",
        action="store_true",
        help="drop the tables whose data files are lost or damaged, to load them again",
    )
    options = parser.parse_args()
    settings = get_settings()
    try:
        if options.adopt:
            return adopt(options, settings)
        if options.drop_damaged:
            return drop_tables(options, settings)
        backup.sqlite_catalog(settings)
        return put_back(options.copy, options, settings) if options.copy else show(settings)
    except FFError as error:
        sys.stderr.write(f"restore-catalog: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
