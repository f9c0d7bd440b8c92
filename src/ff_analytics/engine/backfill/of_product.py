"""Backfill of a product: runs on the past, which never replace the latest output."""

from datetime import date
from typing import Any

from ff_analytics.engine.backfill.steps import Plan, ReportLine
from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.base.forms.spans import days_of, numbers_of
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products import pipeline
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.diff import OutputDiff
from ff_analytics.engine.products.run import Run, start
from ff_analytics.engine.sources.window import Chunk


class PastRunFailed(FFError):
    """A run on the past ended failed."""

    kind = "run"


def _steps(text: str) -> list[Chunk]:
    """Dates (`2026-10-01:2026-10-07`) or lake snapshots (`40:42`)."""
    # A date has hyphens, a snapshot has none.
    values: list[date] | list[int] = days_of(text) if "-" in text else numbers_of(text)
    return [Chunk(str(value), {"as_of": value}) for value in values]


def _difference(run: Run, frame: Any) -> tuple[str, OutputDiff | None]:
    """Where the run on the past goes, and how its rows differ from those that are there."""
    from ff_analytics.engine.products.official.parts import parts_of
    from ff_analytics.engine.products.outputs import output_at
    from ff_analytics.engine.products.stages.compare_output import compare, previous

    target = output_at(parts_of(run, frame)[0].addresses[0].file, run.settings)
    name, there = target.place.rpartition("/")[2], target.opened()
    before = previous(there) if there else None
    if before is None:
        return name, None
    keys = run.product.contract.primary_key()
    column, label = run.product.diff_by or run.product.sort_by, run.product.label
    return name, compare(before, frame, keys, column=column, label=label)


def _rehearse(run: Run, report_line: ReportLine) -> None:
    """Check, load and compute; compare with what is there; write nothing."""
    stages = pipeline.in_process()
    try:
        frame = stages.compute(run, pipeline.read(run, stages))
        target, diff = _difference(run, frame)
    finally:
        run.held.close()
    found = diff.line() if diff else f"{frame.height:,} rows added (no such file yet)"
    report_line(f"snapshot {run.snapshot}, {target}: {found}")


def plan_of(
    name: str, text: str, given: dict[str, Any], settings: Settings
) -> tuple[Plan, dict[str, int]]:
    """Plan over the days or snapshots in `text`; `ConfigError` before anything is computed."""
    product = products.load(name)
    if "as_of" in given:
        raise ConfigError(f"analytics/{name}: --as-of names the window; give it once.")
    start(name, given, settings=settings)

    def work(step: Chunk, store: bool, report_line: ReportLine) -> None:
        if not store:
            return _rehearse(start(name, given | step.options, settings=settings), report_line)
        report = pipeline.run_product(name, given | step.options, settings=settings)
        if not report.completed:
            raise PastRunFailed(report.failure_line())
        report_line(f"snapshot {report.snapshot}: {report.success_line()}, {report.output}")
        return None

    steps = _steps(text)
    return Plan(f"analytics/{name}", (product.output,), steps, given, work), {}
