"""Load or compute a stretch of the past. Without --apply it only shows what would change.

  ff backfill nflverse --seasons 2015:2019           rows that would be new, updated, deleted
  ff backfill nflverse --seasons 2015:2019 --apply   load them; again after a stop: goes on
  ff backfill valuation --as-of 2026-10-01:2026-10-07 --apply   one run on the past per day

Exit codes: 0 done, 1 a step failed or was left out, 2 nothing was begun, 130 stopped by Ctrl-C.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

from ff_analytics.cli.run import add_options
from ff_analytics.engine.backfill import of_product, of_source, steps
from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources

Planner = Callable[[str, str, dict[str, Any], Settings], tuple[steps.Plan, dict[str, int]]]


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _targets() -> list[str]:
    found = [f"ingest/{source.name}" for source in sources.loadable() if source.window]
    return found + [f"analytics/{name}" for name in products.names()]


def _target(word: str) -> tuple[str, str]:
    """Group and name; a bare name is a source or a product, whichever there is."""
    group, _, name = word.rpartition("/")
    if not group:
        group = "ingest" if name in sources.names() else "analytics"
    if group not in ("ingest", "analytics"):
        raise ConfigError(f"{word!r} is neither of: {', '.join(_targets())}.")
    return group, name


def _parser(group: str, name: str) -> tuple[argparse.ArgumentParser, Planner]:
    parser = argparse.ArgumentParser(prog=f"ff backfill {group}/{name}", allow_abbrev=False)
    if group == "ingest":
        window = of_source.window_of(name)
        what = {"seasons": "e.g. 2015:2019 or 2015,2017", "dates": "e.g. 2026-10-01:2026-10-07"}
        parser.add_argument(
            f"--{window.unit}",
            dest="_window",
            metavar="SPAN",
            required=True,
            help=what[window.unit],
        )
        add_options(parser, sources.load(name).options, without=window.options)
    else:
        what_past = "days, e.g. 2026-10-01:2026-10-07, or lake snapshots, e.g. 40,52"
        parser.add_argument(
            "--as-of", dest="_window", metavar="SPAN", required=True, help=what_past
        )
        add_options(parser, products.load(name).params, without=("as_of", "snapshot_date"))
    parser.add_argument("--apply", "--yes", dest="_apply", action="store_true", help="do it")
    parser.add_argument(
        "--restart", dest="_restart", action="store_true", help="do again what is done already"
    )
    return parser, of_source.plan_of if group == "ingest" else of_product.plan_of


def _summary(plan: steps.Plan, failed: list[str], total: dict[str, int], seconds: float) -> str:
    done = len(plan.steps) - len(failed)
    counts = ", ".join(f"{count:,} {name}" for name, count in total.items() if count)
    return f"{done} of {len(plan.steps)} done in {seconds:.1f} s" + (counts and f": {counts}")


def backfill(arguments: list[str]) -> int:
    """Parse, rehearse or do; raises `FFError` for what ends it before its first step."""
    group, name = _target(arguments[0])
    parser, planner = _parser(group, name)
    given = vars(parser.parse_args(arguments[1:]))
    text, store, restart = (given.pop(key) for key in ("_window", "_apply", "_restart"))
    settings = get_settings()
    plan, total = planner(name, text, given, settings)
    start = perf_counter()
    if store:
        _tell(f"{plan.name}: steps to do: {len(plan.steps)}")
        failed = steps.apply(plan, settings, _tell, restart=restart)
    else:
        _tell(f"{plan.name}: steps to look at: {len(plan.steps)}. Dry run, nothing is stored")
        failed = steps.rehearse(plan, _tell)
    _tell(_summary(plan, failed, total, perf_counter() - start))
    if failed and store:
        _tell(f"not done: {', '.join(failed)}. The same command goes on with these.")
    elif failed:
        _tell(f"would fail: {', '.join(failed)}")
    elif not store:
        _tell(f"Do it: ff backfill {shlex.join(arguments)} --apply")
    return 1 if failed else 0


def main(arguments: list[str] | None = None) -> int:
    """Entry point; see the module's text for the exit codes."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in ("-h", "--help"):
        _tell(f"{(__doc__ or '').strip()}\n\nNames: {', '.join(_targets())}; NAME --help: options")
        return 0 if words else 2
    try:
        return backfill(words)
    except FFError as error:
        sys.stderr.write(f"{error.kind}: {error}\n")
        return 2
    except BrokenPipeError:
        # `backfill … | head`: as good as Ctrl-C. Python would complain again at its own end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 130
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; what is done is kept, and the same command goes on there\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
