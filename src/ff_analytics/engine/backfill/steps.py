"""The loop of a backfill: its steps in order, progress, what is left after a failure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from ff_analytics.engine.backfill.journal import Journal, one_backfill
from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.sources.window import Chunk

ReportLine = Callable[[str], None]
# Two steps in a row that find a provider down, or the lake busy: the next would find the same.
_PATIENCE = 2


@dataclass(frozen=True)
class Plan:
    """The work of a backfill. `work` does or rehearses one step and reports its changes."""

    name: str
    datasets: tuple[str, ...]
    steps: Sequence[Chunk]
    given: dict[str, Any]
    work: Callable[[Chunk, bool, ReportLine], None]


def rehearse(plan: Plan, report_line: ReportLine) -> list[str]:
    """Every step without storing anything; labels of those that would fail."""
    return _run(plan, plan.steps, False, report_line, lambda step: None)


def apply(
    plan: Plan, settings: Settings, report_line: ReportLine, *, restart: bool = False
) -> list[str]:
    """Every step that is not done yet; labels of those that failed.

    Raises `LakeBusy` when another backfill of one of the datasets is active.
    """
    with one_backfill(plan.datasets, f"backfill of {plan.name}", settings):
        journal = Journal(plan.name.replace("/", "-"), plan.given, settings)
        if restart:
            journal.forget()
        left = [step for step in plan.steps if step.label not in journal.done]
        if len(left) < len(plan.steps):
            report_line(
                f"going on: {len(plan.steps) - len(left)} of {len(plan.steps)} steps were done by "
                "a backfill that did not finish (--restart does them again)"
            )
        failed = _run(plan, left, True, report_line, journal.add)
        if not failed:
            journal.forget()
        return failed


def _run(
    plan: Plan,
    steps: Sequence[Chunk],
    store: bool,
    report_line: ReportLine,
    done: Callable[[str], None],
) -> list[str]:
    failed: list[str] = []
    passing = 0
    for number, step in enumerate(steps, 1):
        head = f"[{number}/{len(steps)}] {step.label}"
        report_line(head)
        start = perf_counter()
        try:
            plan.work(step, store, lambda line: report_line(f"    {line}"))
        except FFError as error:
            failed.append(step.label)
            report_line(f"    failed: {error}")
            passing = passing + 1 if error.transient else 0
            if passing == _PATIENCE and number < len(steps):
                report_line(
                    f"given up after {_PATIENCE} such steps in a row; {len(steps) - number} left"
                )
                return failed + [later.label for later in steps[number:]]
            continue
        passing = 0
        done(step.label)
        report_line(f"    {perf_counter() - start:.1f} s")
    return failed
