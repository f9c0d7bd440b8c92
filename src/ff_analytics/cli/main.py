"""The command `ff`: its commands, what an error prints, and exit codes.

Exit codes: 0 done, 1 failed, 2 wrong use or configuration, 3 done and something differs or needs
attention, 130 stopped by Ctrl-C.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, nullcontext
from difflib import get_close_matches
from pathlib import Path

from cyclopts import App, CycloptsError, Group, UnknownCommandError

from ff_analytics.cli import console
from ff_analytics.cli.options import PLAIN
from ff_analytics.engine.base.errors import ConfigError, FFError, interrupted
from ff_analytics.platform.local.readable import prepare_streams
from ff_analytics.platform.loopback import bypass_proxies

ROOT = Path(__file__).resolve().parents[3]
# What cyclopts says of a mistyped option that resembles one with a value.
_MISSED = re.compile(
    r"requires an argument\. Did you mean (?P<meant>\S+) instead of (?P<typed>\S+)\?"
)
# Module below `ff_analytics.cli` and what the command does, by group. Modules are imported when
# their command runs.
COMMANDS = {
    "Run": {
        "run": ("work.run", "Run a product, source or pipeline in this process, without a server."),
        "ingest": ("work.ingest", "Load a source into the lake in this process."),
        "backfill": ("work.backfill", "Load or compute a stretch of the past, step by step."),
        "backtest": ("work.backtest", "Measure the projections on past seasons."),
        "trigger": ("work.trigger", "Start a deployment's run on the server; --follow it."),
        "runs": ("server.runs", "List the server's last runs, show one, or run it again."),
    },
    "Data": {
        "sql": ("data.sql", "Query the lake, today's or a past snapshot."),
        "export": ("data.export", "Write a table for another tool: weeks for media-mix models."),
        "dbt": ("data.dbt", "Run dbt on the lake, inside its writer lock."),
        "lake": ("data.lake", "List, restore or move the lake's catalog and files."),
        "open": ("data.open", "Print or open the addresses of UI and reports."),
        "mcp": ("data.mcp", "Serve the lake to AI assistants (MCP); it can only read."),
    },
    "Server": {
        "platform": ("server.platform", "Compare the server with the repo; apply, prune."),
        "doctor": ("server.doctor", "Check everything that a daily run needs."),
        "watch": ("server.watch", "Find lost runs, silent schedules and stale data."),
        "notify-test": (
            "server.notify_test",
            "Send one alert of each kind; report the delivery.",
        ),
        "units": ("server.units", "Write systemd units or launchd jobs."),
        "drain": ("server.drain", "Stop a worker once its runs have ended."),
    },
    "Develop": {
        "new": ("develop.new", "Write a new product or source that runs at once."),
        "content": ("develop.content", "Check content profiles; log in to Google."),
        "shopify": ("develop.shopify", "Log in to a shop: tokens that runs renew."),
        "notebook": ("develop.notebook", "Open the notebooks that read the lake (marimo)."),
        "demo": ("develop.demo", "Load and report three invented shops; no account needed."),
    },
}


def _version() -> str:
    from ff_analytics import __version__

    return __version__


def application() -> App:
    """`ff` with all its commands."""
    app = App(
        name="ff",
        help="The analytics platform on the command line.",
        help_epilogue="ff COMMAND --help shows options and examples.",
        version=_version,
        help_on_error=False,
        **PLAIN,
    )
    for title, commands in COMMANDS.items():
        group = Group.create_ordered(title)
        for name, (module, about) in commands.items():
            path = f"ff_analytics.cli.{module}:app"
            app.command(path, name=name, help=about, group=group)
    app.command(
        "ff_analytics.cli.completion:app",
        name="--install-completion",
        help="Add completion of commands and options to your shell.",
    )
    return app


def names(app: App | None = None, before: str = "") -> Iterator[str]:
    """Every command as it is typed after `ff`."""
    for name in (app := app or application()):
        if not name.startswith("-"):
            yield before + name
            yield from names(app[name], f"{before}{name} ")


def _wrong_use(typed: Sequence[str], error: CycloptsError) -> str:
    """One sentence on words that no command takes, with what was probably meant."""
    said = " ".join(str(error).split())
    known = {name for group in COMMANDS.values() for name in group}
    if isinstance(error, UnknownCommandError) and typed and typed[0] not in known:
        near = get_close_matches(typed[0], sorted(known), 1)
        meant = f'Did you mean "ff {near[0]}"?' if near else "ff run NAME runs a product or source."
        return f'Unknown command "{typed[0]}". {meant}'
    if found := _MISSED.search(said):
        return f"Unknown option: {found['typed']}. Did you mean {found['meant']}?"
    if typed[:1] == ["trigger"] and said.startswith("Unknown option"):
        return f"{said} Parameters of the run are written -p name=value."
    return said


def _report(words: Sequence[str], error: Exception) -> int:
    """Print one sentence; the exit code of the error."""
    known = {name for group in COMMANDS.values() for name in group}
    typed = [word for word in words if not word.startswith("-")][:2]
    name = f"ff {typed[0]}" if typed and typed[0] in known else "ff"
    if isinstance(error, CycloptsError):
        # `ff run valuation` parses its options with an application of its own.
        own = error.app.name[0] if error.app and " " in error.app.name[0] else name
        console.note(f"{name}: {_wrong_use(typed, error)} See {own} --help.")
        return 2
    plain = isinstance(error, console.UsageError) or not isinstance(error, FFError)
    kind = "" if plain else f"{getattr(error, 'kind', '')}: "
    console.note(f"{name}: {kind}{error}")
    return 2 if isinstance(error, ConfigError) else 1


def guarded(words: Sequence[str], work: Callable[[], int]) -> int:
    """The exit code of `work`; no known error ends in a traceback."""
    try:
        return work()
    except (CycloptsError, FFError) as error:
        return _report(words, error)
    except RuntimeError as error:
        if not interrupted(error):
            raise
        console.note("\nstopped")
        return 130
    except BrokenPipeError:
        console.stdout_to_nowhere()
        return 130
    except KeyboardInterrupt:
        console.note("\nstopped")
        return 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    bypass_proxies(os.environ)
    prepare_streams()
    app = application()
    console.Place.called_from = Path.cwd()

    def work() -> int:
        # Prefect reads .env and prefect.toml in the working directory.
        with chdir(ROOT) if (ROOT / "prefect.yaml").is_file() else nullcontext():
            done = app(words, exit_on_error=False, print_error=False)
        if done is not None:
            return int(done)
        # A group without its command prints its help, and has done nothing.
        return 0 if words and {"-h", "--help", "--version"} & set(words) else 2

    return guarded(words, work)
