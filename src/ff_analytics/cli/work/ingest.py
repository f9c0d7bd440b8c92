"""`ff ingest`: `ff run` for sources."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError
from ff_analytics.cli.options import PLAIN
from ff_analytics.cli.work.run import list_targets, run_target

app = App(
    name="ingest",
    usage="Usage: ff ingest NAME [OPTIONS]\n       ff ingest NAME --help\n"
    "       ff ingest --list [--json]",
    help_epilogue="""\
Examples:
  ff ingest sample                            the invented sample league
  ff ingest nflverse --seasons 2015:2019      or 2023, or 2015,2017
  ff ingest meta-ads --since 2026-01-01 --until 2026-03-31
  ff ingest nflverse --help                   every option, explained""",
    help_flags=[],
    version_flags=[],
    **PLAIN,
)


@app.default
def ingest(*words: Annotated[str, Parameter(allow_leading_hyphen=True, name="NAME")]) -> int:
    """See the table of commands.

    Parameters
    ----------
    words
        The source, and its options. --list prints all names, --json with it as JSON.
    """
    if words and words[0] in ("-h", "--help"):
        app.help_print([])
        return 0
    if words and set(words) <= {"--list", "--json"}:
        return list_targets("--json" in words, "ingest/")
    if not words or words[0].startswith("-"):
        raise UsageError("give a source first: ff ingest sample. ff ingest --list prints all.")
    first = words[0].removeprefix("ingest/")
    return run_target("ingest", (first, *words[1:]), "ingest/")
