"""What people look at in the UI: tables, run summaries, and lineage events.

All of it is for people: when the server is away while it is shown, the run goes on without.
"""

import json
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.events import emit_event
from prefect.logging import get_run_logger

from ff_analytics.engine.products import registry as products

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.engine.checks.result import CheckResult
    from ff_analytics.engine.dbt.results import DbtRun
    from ff_analytics.engine.products.diff import OutputDiff
    from ff_analytics.engine.products.run import RunReport


@contextmanager
def for_people(what: str) -> Iterator[None]:
    """Outlive a server that does not take what is shown inside.

    Each artifact has a client of its own, and a new client does not wait for a server that is
    starting again; the engine's own client, which reports the run's end, does.
    """
    try:
        yield
    except httpx.HTTPError as error:
        get_run_logger().warning("%s is not shown: %s", what, error)


def show_table(key: str, rows: list[dict[str, Any]], description: str) -> None:
    """A table artifact."""
    with for_people(key):
        create_table_artifact(key=key, table=rows, description=description)


async def show_page(key: str, markdown: str, description: str) -> None:
    """A Markdown artifact."""
    with for_people(key):
        await create_markdown_artifact(  # type: ignore[misc]
            key=key, markdown=markdown, description=description
        )


async def begin_bar(key: str, description: str) -> UUID | None:
    """A progress bar at 0 %; None when the server did not take it."""
    made = None
    with for_people(key):
        made = await create_progress_artifact(  # type: ignore[misc]
            progress=0.0, key=key, description=description
        )
    return made if isinstance(made, UUID) else None


async def move_bar(artifact: UUID | None, done: int, expected: int) -> None:
    """Move the bar, if there is one."""
    if artifact:
        with for_people("progress"):
            await update_progress_artifact(  # type: ignore[misc]
                artifact, progress=100.0 * done / max(done, expected, 1)
            )


def node_rows(result: "DbtRun") -> list[dict[str, Any]]:
    """Rows about a dbt build, one per model or test."""
    return [
        {"node": n.name, "status": n.status, "seconds": n.seconds, "rows": n.rows_affected}
        for n in result.nodes
    ]


def cell(value: Any) -> Any:
    """A value as JSON takes it: numbers rounded to two places, days and the like as text."""
    if isinstance(value, float | Decimal):
        return round(float(value), 2)
    return value if value is None or isinstance(value, int | str) else str(value)


def publish_checks(product: str, results: "Sequence[CheckResult]") -> None:
    """Table of every check of this run, worst first."""
    order = {"error": 0, "warn": 1, "skipped": 2, "ok": 3}
    rows = [
        {
            "status": r.status.value,
            "input": r.subject,
            "check": r.check,
            "observed": r.observed,
            "expected": r.expected,
            "what to do": r.hint,
        }
        for r in sorted(results, key=lambda r: order[r.status.value])
    ]
    show_table(f"{product}-checks", rows, f"Input checks of {product}")


def publish_top(product: str, frame: "pl.DataFrame", columns: Sequence[str], sort_by: str) -> None:
    """Table of the first 20 rows by the product's own order."""
    best = frame.sort(sort_by, descending=True, nulls_last=True).head(20)
    rows = [
        {name: cell(value) for name, value in row.items() if name in columns}
        for row in best.select(columns).to_dicts()
    ]
    show_table(f"{product}-top", rows, f"Top 20 of {product}")


def publish_changes(product: str, diff: "OutputDiff") -> None:
    """Table of the biggest movers against the output before."""
    rows = [
        {
            "who": cell(m.key),
            "before": cell(m.before),
            "after": cell(m.after),
            "change": cell(m.change),
        }
        for m in diff.movers
    ]
    about = f"Changes of {product}: {diff.line()}. Biggest movers by {diff.column}."
    show_table(f"{product}-changes", rows, about)


def warn_event(dataset: str, line: str) -> None:
    """Tell automations about an input that is suspicious but not refused."""
    emit_event(
        "ff.input.warned",
        resource={"prefect.resource.id": f"ff.dataset.{dataset}"},
        payload={"message": line},
    )


def switch_event(product: str, line: str) -> None:
    """Tell automations that an official output is about another season from now on."""
    emit_event(
        "ff.output.switched",
        resource={"prefect.resource.id": f"ff.output.{product}"},
        payload={"message": line},
    )


def reproduce_command(report: "RunReport") -> str:
    """The command that computes these very rows again, from the same lake snapshot."""
    fields = products.load(report.product).params.model_fields
    defaults = {name: f.get_default(call_default_factory=True) for name, f in fields.items()}
    given = {k: v for k, v in report.parameters.items() if v != defaults.get(k)}
    given.pop("accept_shrunk", None)
    given |= {"as_of": report.snapshot, "snapshot_date": report.snapshot_date.isoformat()}
    words = (
        "--param " + shlex.quote(f"{name}={value if isinstance(value, str) else json.dumps(value)}")
        for name, value in given.items()
    )
    deployment = products.load(report.product).deployment
    return f"prefect deployment run '{deployment}' " + " ".join(words)


def summary_markdown(report: "RunReport") -> str:
    """The run in one page: outcome, stages, snapshot, warnings, how to reproduce it."""
    lines = [
        f"# {report.product}: {report.outcome}",
        "",
        f"Snapshot **{report.snapshot}** of the lake, rows dated **{report.snapshot_date}**, "
        f"{report.seconds:.1f} s in all.",
        "",
        "| stage | outcome | seconds | rows | detail |",
        "|---|---|---:|---:|---|",
    ]
    lines += [
        f"| {s.name} | {s.outcome} | {s.seconds:.2f} | {'' if s.rows is None else f'{s.rows:,}'} "
        f"| {s.detail} |"
        for s in report.stages
    ]
    if report.error:
        lines += ["", f"**{report.error_kind}**: {report.error}"]
    if report.diff:
        lines += ["", f"Against the output before: {report.diff.line()}."]
    if report.notices:
        lines += ["", "## New", "", *[f"- {notice}" for notice in report.notices]]
    if report.warnings:
        lines += ["", "## Warnings", "", *[f"- {warning}" for warning in report.warnings]]
    if report.snapshot is not None:
        lines += ["", "## Reproduce", "", "```", reproduce_command(report), "```"]
    lines += ["", f"Output: `{report.output or 'none'}`", f"Report: `{report.report or 'none'}`"]
    return "\n".join(lines)


async def publish_summary(report: "RunReport") -> None:
    """Markdown artifact of the run, for completed and failed runs alike."""
    about = f"Run of {report.product}"
    await show_page(f"{report.product}-run", summary_markdown(report), about)
