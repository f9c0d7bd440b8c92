"""`ff backfill`: load or compute a stretch of the past, after a dry run."""

import inspect
import shlex
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Annotated, Any

from cyclopts import App, Parameter
from pydantic import BaseModel

from ff_analytics.cli.console import UsageError, listed, note, out
from ff_analytics.cli.options import PLAIN, parse
from ff_analytics.engine.base.settings import get_settings

app = App(
    name="backfill",
    usage="Usage: ff backfill NAME --seasons|--dates|--as-of SPAN [OPTIONS] [--apply]\n"
    "       ff backfill NAME --help\n       ff backfill --list [--json]",
    help_epilogue="""\
Without --apply it stores nothing and shows what would change. After a stop the
same command goes on with what is left. Exit code 1: a step failed or was left out.

Examples:
  ff backfill nflverse --seasons 2015:2019  rows that would be new, updated, deleted
  ff backfill nflverse --seasons 2015:2019 --apply   load them
  ff backfill meta-ads --dates 2026-01-01:2026-03-31 --apply
  ff backfill valuation --as-of 2026-10-01:2026-10-07 --apply""",
    help_flags=[],
    version_flags=[],
    **PLAIN,
)
_SPANS = {"seasons": "e.g. 2015:2019 or 2015,2017", "dates": "e.g. 2026-10-01:2026-10-07"}
_EXAMPLE = {
    "seasons": "--seasons 2015:2019",
    "dates": "--dates 2026-10-01:2026-10-07",
    "as-of": "--as-of 2026-10-01:2026-10-07",
}
_PAST = "Days, e.g. 2026-10-01:2026-10-07, or lake snapshots, e.g. 40,52."


def targets() -> list[str]:
    """Sources with a window, and products."""
    from ff_analytics.engine.products import registry as products
    from ff_analytics.engine.sources import registry as sources

    found = [f"ingest/{source.name}" for source in sources.loadable() if source.window]
    return found + [f"analytics/{name}" for name in products.names()]


def _target(word: str) -> tuple[str, str]:
    """Group and name; a bare name is a source or a product, whichever there is."""
    from ff_analytics.cli.work.targets import unknown
    from ff_analytics.engine.sources import registry as sources

    # A source without a window is known, and refused with the reason.
    known = [*targets(), *(f"ingest/{name}" for name in sources.names())]
    for full in known:
        group, _, name = full.partition("/")
        if word in (full, name):
            return group, name
    raise unknown(word, known, "ff backfill --list")


def _flag(name: str, flags: list[str], kind: Any, text: str, default: Any) -> inspect.Parameter:
    about = Parameter(name=flags, help=text)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, about]
    )


def _more(span: str, text: str) -> list[inspect.Parameter]:
    return [
        _flag("_window", [f"--{span}"], str, text, inspect.Parameter.empty),
        _flag("_apply", ["--apply", "--yes"], bool, "Store it.", False),
        _flag("_restart", ["--restart"], bool, "Repeat steps that are done already.", False),
    ]


def _summary(total: Mapping[str, int], done: int, steps: int, seconds: float) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in total.items() if count)
    return f"{done} of {steps} done in {seconds:.1f} s" + (counts and f": {counts}")


def _run(
    planner: Callable[..., Any], name: str, typed: tuple[str, ...], given: Mapping[str, Any]
) -> int:
    """Rehearse or apply the steps; raises `FFError` for what ends it before the first."""
    from ff_analytics.engine.backfill import steps

    options = {key: value for key, value in given.items() if not key.startswith("_")}
    store, settings = bool(given.get("_apply")), get_settings()
    plan, total = planner(name, given["_window"], options, settings)
    start = perf_counter()
    if store:
        out(f"{plan.name}: steps to do: {len(plan.steps)}")
        failed = steps.apply(plan, settings, out, restart=bool(given.get("_restart")))
    else:
        out(f"{plan.name}: steps to look at: {len(plan.steps)}. Dry run, nothing is stored")
        failed = steps.rehearse(plan, out)
    done = len(plan.steps) - len(failed)
    out(_summary(total, done, len(plan.steps), perf_counter() - start))
    if failed and store:
        out(f"not done: {', '.join(failed)}. The same command goes on with these.")
    elif failed:
        out(f"would fail: {', '.join(failed)}")
    elif not store:
        out(f"Do it: ff backfill {shlex.join(typed)} --apply")
    return 1 if failed else 0


def _start(words: tuple[str, ...]) -> int:
    from ff_analytics.engine.backfill import of_product, of_source
    from ff_analytics.engine.products import registry as products
    from ff_analytics.engine.sources import registry as sources

    group, name = _target(words[0])
    planner: Callable[..., tuple[Any, dict[str, int]]]
    model: type[BaseModel]
    if group == "ingest":
        window, source = of_source.window_of(name), sources.load(name)
        planner, model, about = of_source.plan_of, source.options, source.description
        unit: str = window.unit
        without, more = window.options, _more(unit, _SPANS[unit])
    else:
        product = products.load(name)
        planner, model, about = of_product.plan_of, product.params, product.description
        unit = "as-of"
        without, more = ("as_of", "snapshot_date"), _more(unit, _PAST)

    def run(given: Mapping[str, Any]) -> int:
        return _run(planner, name, words, given)

    full = f"ff backfill {group}/{name}"
    return parse(
        full, words[1:], model, run, about=about, without=without, more=more, always=_EXAMPLE[unit]
    )


@app.default
def backfill(*words: Annotated[str, Parameter(allow_leading_hyphen=True, name="NAME")]) -> int:
    """See the table of commands.

    Parameters
    ----------
    words
        The source or product, the span, and options. --list prints all names.
    """
    if words and words[0] in ("-h", "--help"):
        app.help_print([])
        return 0
    if words and set(words) <= {"--list", "--json"}:
        return listed([{"name": name} for name in targets()], "--json" in words)
    if not words or words[0].startswith("-"):
        raise UsageError("give a name first: ff backfill nflverse --seasons 2015:2019.")
    try:
        return _start(words)
    except KeyboardInterrupt:
        note("\nstopped; what is done is kept, and the same command goes on there")
        return 130
