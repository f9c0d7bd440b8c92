"""`ff run`: a product, source or pipeline in this process, without server or worker."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, listed, note
from ff_analytics.cli.options import PLAIN, parse

app = App(
    name="run",
    usage="Usage: ff run NAME [OPTIONS] [--watch]\n"
    "       ff run NAME --help\n       ff run --list [--json]",
    help_epilogue="""\
Examples:
  ff run valuation  the valuation of the default league
  ff run valuation --league redraft_ppr --baseline vorp
  ff run ingest/nflverse --seasons 2023:2024  as ff ingest nflverse
  ff run production-etl --source-url data/a.csv --target-table public.a
  ff run content-plan --profile example --dry-run
  ff run valuation --watch                    again whenever a file of the project changes
  ff run valuation --help                     every option, explained""",
    help_flags=[],
    version_flags=[],
    **PLAIN,
)


def run_target(command: str, words: tuple[str, ...], group: str = "") -> int:
    """Parse the options of the named target and run it."""
    from ff_analytics.cli.work import targets
    from ff_analytics.platform.exposure import of_env

    name, *rest = words
    target = targets.find(f"{group}{name}")
    for one in of_env():
        note(f"warning: {one.found}. {one.what_to_do}")
    return parse(f"ff {command} {name}", rest, target.options, target.run, about=target.about)


def list_targets(as_json: bool, group: str = "") -> int:
    """Every name with its description."""
    from ff_analytics.cli.work import targets

    wanted = [name for name in targets.names() if name.startswith(group)]
    return listed([{"name": n, "about": targets.find(n).about} for n in wanted], as_json)


@app.default
def run(*words: Annotated[str, Parameter(allow_leading_hyphen=True, name="NAME")]) -> int:
    """See the table of commands.

    Parameters
    ----------
    words
        What to run, and its options. --list prints all names, --json with it as JSON; --watch
        runs again whenever a file of the project changes.
    """
    if words and words[0] in ("-h", "--help"):
        app.help_print([])
        return 0
    if words and set(words) <= {"--list", "--json"}:
        return list_targets("--json" in words)
    if "--watch" in words:
        from ff_analytics.cli.work.rerun import watch

        others = tuple(word for word in words if word != "--watch")
        return watch(others, lambda: run_target("run", others))
    if not words or words[0].startswith("-"):
        raise UsageError("give a name first: ff run valuation. ff run --list prints all names.")
    return run_target("run", words)
