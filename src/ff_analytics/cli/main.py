"""The command `ff`: finds the module of a command and hands the arguments over."""

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from inspect import signature
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = {
    "run": ("ff_analytics.cli.run", "Run a product or a source in this process."),
    "backfill": ("ff_analytics.cli.backfill", "Load or compute a stretch of the past."),
    "sql": ("ff_analytics.engine.read.sql", "Read-only SQL on the lake."),
    "dbt": ("ff_analytics.cli.dbt", "dbt on the lake, inside its writer lock."),
    "dbt postgres": ("ff_analytics.engine.dbt.postgres", "The models on a Postgres."),
    "new product": ("ff_analytics.platform.scaffold.new_product", "Write a new product."),
    "new source": ("ff_analytics.platform.scaffold.new_source", "Write a new source."),
    "lake restore": ("ff_analytics.engine.lake.care.restore_catalog", "Put a catalog copy back."),
    "lake move": ("ff_analytics.cli.lake_move", "Copy the lake to Postgres and S3."),
    "platform": ("ff_analytics.platform.state.__main__", "Compare server and repo, apply, prune."),
    "watch": ("ff_analytics.platform.watch.loop", "Watch server, schedules, workers and data."),
    "doctor": ("ff_analytics.platform.doctor", "Check everything that a daily run needs."),
    "notify-test": ("ff_analytics.platform.notify_test", "Send one alert of each kind."),
    "units": ("ff_analytics.platform.boot.__main__", "Write systemd units or launchd jobs."),
    "drain": ("ff_analytics.platform.local.drain", "Stop a worker when its runs have ended."),
    "backtest": ("ff_analytics.cli.backtest", "Test the projections on past seasons."),
    "content check": ("ff_analytics.domains.content.check", "Check a content profile."),
    "content login": ("ff_analytics.domains.content.check", "Log in to Google in a browser."),
    "demo": ("ff_analytics.demo.marketing", "Three invented shops, loaded and reported."),
}


def usage() -> str:
    """All commands, one line each."""
    lines = (f"  ff {name:<14} {text}" for name, (_, text) in COMMANDS.items())
    return "\n".join(["usage: ff COMMAND ...", "", *lines, "", "ff COMMAND --help: its options"])


def _chosen(words: Sequence[str]) -> tuple[str, list[str]] | None:
    for length in (2, 1):
        if (name := " ".join(words[:length])) in COMMANDS and len(words) >= length:
            return name, list(words[length:])
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; 2 for an unknown one."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help"):
        sys.stdout.write(usage() + "\n")
        return 0 if words else 2
    chosen = _chosen(words)
    if chosen is None:
        near = get_close_matches(words[0], COMMANDS, n=1)
        hint = f" Did you mean ff {near[0]}?" if near else ""
        sys.stderr.write(f"ff: there is no command {words[0]!r}.{hint} See ff --help.\n")
        return 2
    name, rest = chosen
    # Prefect reads .env and prefect.toml in the working directory.
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    rest = ["--login", *rest] if name == "content login" else rest
    sys.argv = [f"ff {name}", *rest]
    command = import_module(COMMANDS[name][0]).main
    return int(command(rest) if signature(command).parameters else command())
