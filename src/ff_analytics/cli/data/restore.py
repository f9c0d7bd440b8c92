"""`ff lake restore`: list the copies of the lake's catalog, or put one back."""

from typing import Annotated, Any, NamedTuple

from cyclopts import App, Parameter

from ff_analytics.cli.console import agreed, out
from ff_analytics.cli.options import PLAIN
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake import drop_damaged as damaged_tables
from ff_analytics.engine.lake.care import adoption, backup, catalog_size, inspection

app = App(
    name="restore",
    help_epilogue="""\
Maintenance takes a copy each time and keeps FF_CATALOG_BACKUPS. The catalog that is
replaced is kept. What was committed after the copy is no longer in the lake: the next ingests
and runs load and build it again; lost are snapshots and past days since then.

Examples:
  ff lake restore                             the copies, newest first
  ff lake restore latest --dry-run            check it, replace nothing
  ff lake restore 2 --yes  the second of the list, without a question
  ff lake restore --drop-damaged --dry-run  tables whose data files are lost or damaged
  ff lake restore --adopt  accept catalog and files as one lake""",
    **PLAIN,
)


class Options(NamedTuple):
    """The switches that were given."""

    dry_run: bool
    yes: bool
    accept_missing: bool


def _catalog_line(settings: Settings) -> str:
    try:
        return f"{backup.sqlite_catalog(settings)}: snapshot {lake.current_snapshot(settings)}"
    except FFError as error:
        return str(error)


def rows(settings: Settings) -> list[dict[str, Any]]:
    """The copies, newest first."""
    return [
        {
            "number": number,
            "name": copy.stem,
            "taken": backup.taken_at(copy).isoformat(),
            "bytes": copy.stat().st_size,
            "state": inspection.state_of(copy, settings),
        }
        for number, copy in enumerate(backup.copies(settings), 1)
    ]


def show(settings: Settings) -> int:
    """Print the catalog's state and its copies; 1 when there is none."""
    out(_catalog_line(settings))
    known = backup.copies(settings)
    if not known:
        out(f"No copies in {backup.folder_of(settings)}: maintenance/nightly takes one each time.")
        return 1
    out("copies, newest first:")
    for number, copy in enumerate(known, 1):
        when, size = backup.taken_at(copy), copy.stat().st_size / 1024
        out(f"{number:>3}  {copy.stem}  {when:%Y-%m-%d %H:%M} UTC  {size:,.0f} kB")
        out(f"     {inspection.state_of(copy, settings)}")
    for copy in backup.suspects(settings):
        out(f"much smaller than the copy before, kept beside: {copy}, {catalog_size.of(copy)}")
    out("Put one back: ff lake restore latest (or its number or name)")
    return 0


def _agreed(question: str, options: Options) -> bool:
    return agreed(f"{question} Stop the worker first.", yes=options.yes)


def accept(options: Options, settings: Settings) -> int:
    """Make the catalog as it is that of the files as they are; 1 when it was not done."""
    counted = adoption.look(settings)
    out(
        f"{counted.there} of the {counted.named} files that the catalog names are there; "
        f"{counted.unknown} are unknown to it: maintenance moves those to the trash."
    )
    if options.dry_run:
        out("Dry run: nothing was written.")
        return 0
    if not _agreed(f"Accept catalog and {settings.files} as one lake?", options):
        return 1
    out(f"Accepted: lake {adoption.adopt(settings)}.")
    return 0


def put_back(name: str, options: Options, settings: Settings) -> int:
    """Check the copy, ask, replace, check again; 1 when it was not done."""
    copy = backup.chosen(name, settings)
    if options.dry_run:
        if waiting := adoption.in_trash(copy, settings):
            out(f"{len(waiting)} of its files are in the trash and would be moved back.")
    elif returned := adoption.bring_back(copy, settings):
        out(f"{returned} of its files are back from the trash.")
    contents = inspection.inspect(copy, settings)
    out(f"{copy.stem}: {inspection.state_of(copy, settings)}")
    if contents.problems and not options.accept_missing:
        out("Not complete: choose a newer copy, or --accept-missing to go on without those rows.")
        return 1
    if options.dry_run:
        out("Dry run: nothing was replaced.")
        return 0
    question = (
        f"Replace {backup.sqlite_catalog(settings)} by the copy of {backup.taken_at(copy):%F %R} "
        "UTC?"
    )
    if not _agreed(question, options):
        return 1
    aside = backup.restore(copy, settings)
    out(f"What was there before is in {aside}.")
    out(f"Restored: snapshot {lake.current_snapshot(settings)}, {contents.tables} tables.")
    out("Now run the ingests, then the products: they load and build what the copy lacks.")
    return 0


def drop_tables(options: Options, settings: Settings) -> int:
    """Read every data file, ask, and drop the tables of damaged ones; 1 when it was not done."""
    damaged = damaged_tables.find(settings)
    for one in damaged:
        out(one.line())
    if closed := [one for one in damaged if one.closed]:
        out(f"Nothing done: {len(closed)} files are closed to this user; give it the right first.")
        return 1
    if not damaged:
        out("Every data file of the newest snapshot can be read: nothing to drop.")
        return 0
    if options.dry_run:
        out("Dry run: nothing was dropped.")
        return 0
    tables = ", ".join(sorted({one.table for one in damaged}))
    if not _agreed(f"Drop {tables} with all their rows?", options):
        return 1
    snapshot = damaged_tables.drop(damaged, settings)
    out(f"Dropped {tables} in snapshot {snapshot}; older snapshots keep them.")
    out("Now run the ingests of raw tables, then the products: they load and build them again.")
    return 0


@app.default
def restore(
    copy: Annotated[
        str | None, Parameter(help="latest, a number of the list, or a name. Empty = list them.")
    ] = None,
    *,
    dry_run: Annotated[bool, Parameter(help="Check, write nothing.")] = False,
    yes: Annotated[bool, Parameter(help="Do not ask.")] = False,
    accept_missing: Annotated[
        bool, Parameter(help="Also a copy whose data files are not all there.")
    ] = False,
    adopt: Annotated[
        bool, Parameter(help="Accept the catalog as that of the files: one identity, a new copy.")
    ] = False,
    drop_damaged: Annotated[
        bool, Parameter(help="Drop the tables whose data files are lost or damaged.")
    ] = False,
) -> int:
    """See the help of the application; 1 when it was not done."""
    settings, options = get_settings(), Options(dry_run, yes, accept_missing)
    if adopt:
        return accept(options, settings)
    if drop_damaged:
        return drop_tables(options, settings)
    backup.sqlite_catalog(settings)
    return put_back(copy, options, settings) if copy else show(settings)
