"""What people look at in the UI: tables, run summaries, and lineage events.

All of it is for people: when the server is away while it is shown, the run goes on without.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
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

from ff_analytics.engine.products.run_report import StageName
from ff_analytics.engine.report.from_run import reproduce_command

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.engine.checks.result import CheckResult
    from ff_analytics.engine.dbt.results import DbtRun
    from ff_analytics.engine.products.diff import OutputDiff
    from ff_analytics.engine.products.run import Run, RunReport


# Links in one artifact; a run of all tenants has one report each.
_LINKS = 8


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


def artifact_key(run: "Run", kind: str) -> str:
    """`valuation-my-league-top`: one history per product, league or tenant, and kind of run."""
    chosen = run.product.scope.values(run.params) or []
    of = chosen if len(chosen) < 2 else ["several"]
    # What is official is not the history of scenarios, nor of the past.
    unofficial = [] if run.official else [run.kind]
    words = [run.product.name, *of, *unofficial, kind]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower())


def about(run: "Run") -> str:
    """`valuation my_league 2025`, and that it is no official run."""
    words = " ".join(map(str, [run.product.name, *run.subject]))
    return words if run.official else f"{words} ({run.kind})"


def report_link(links: Sequence[str]) -> str:
    """The run's reports as links to those of its own day or scenario.

    Browsers open them from a copied address, not by a click on a page.
    """
    shown = ", ".join(
        f"[{Path(path).parent.name}/{Path(path).name}]({Path(path).as_uri()})"
        for path in links[:_LINKS]
    )
    more = f" and {len(links) - _LINKS} more" if len(links) > _LINKS else ""
    return f"Report: {shown}{more}" if links else ""


def publish_checks(run: "Run", results: "Sequence[CheckResult]") -> None:
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
    show_table(artifact_key(run, "checks"), rows, f"Input checks of {about(run)}")


def publish_top(run: "Run", frame: "pl.DataFrame") -> None:
    """Table of the first 20 rows by the product's own order, if it has one."""
    columns, sort_by = run.product.top, run.product.sort_by
    if sort_by is None:
        return
    best = frame.sort(sort_by, descending=True, nulls_last=True).head(20)
    rows = [
        {name: cell(value) for name, value in row.items() if name in columns}
        for row in best.select(columns).to_dicts()
    ]
    what = f"Top 20 of {about(run)}. {report_link(run.report_links)}"
    show_table(artifact_key(run, "top"), rows, what.strip())


def publish_changes(run: "Run", diff: "OutputDiff") -> None:
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
    what = f"Changes of {about(run)}: {diff.line()}. Biggest movers by {diff.column}. "
    show_table(artifact_key(run, "changes"), rows, (what + report_link(run.report_links)).strip())


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


def summary_markdown(run: "Run", report: "RunReport") -> str:
    """The run in one page: outcome, stages, lineage, warnings, how to reproduce it."""
    lines = [
        f"# {about(run)}: {report.outcome}",
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
    if report.scenario:
        lines += ["", f"**{report.scenario}**"]
    if report.error:
        lines += ["", f"**{report.error_kind}**: {report.error}"]
    if report.diff:
        lines += ["", f"Against the official day before: {report.diff.line()}."]
    if report.notices:
        lines += ["", "## New", "", *[f"- {notice}" for notice in report.notices]]
    if report.warnings:
        lines += ["", "## Warnings", "", *[f"- {warning}" for warning in report.warnings]]
    if command := reproduce_command(run):
        lines += ["", "## Reproduce", "", "```", command, "```"]
    shown = report_link(report.report_links) or "Report: none"
    lines += ["", *lineage_table(run, report), "", shown]
    return "\n".join(lines)


def lineage_table(run: "Run", report: "RunReport") -> list[str]:
    """What the output was made from, and what was made of it; Prefect's own pages show none."""
    read = [*(source.mart for source in run.product.inputs_for(run.params))]
    marts = [f"analytics.{model.strip('+')}" for model in run.product.dbt_models.split()]
    rows = [("reads", name, f"lake, snapshot {report.snapshot}") for name in read]
    rows += [("writes", output, "published file") for output in report.outputs]
    built = report.completed_stage(StageName.BUILD_DBT_MARTS)
    if built and run.official:
        rows += [("builds", name, "lake, from the file") for name in marts]
    table = [f"| {how} | `{name}` | {where} |" for how, name, where in rows]
    return ["## Lineage", "", "| | what | where |", "|---|---|---|", *table]


async def publish_summary(run: "Run", report: "RunReport") -> None:
    """Markdown artifact of the run, for completed and failed runs alike."""
    what = f"Run of {about(run)}: {report.outcome}. {report_link(report.report_links)}"
    await show_page(artifact_key(run, "run"), summary_markdown(run, report), what.strip())
