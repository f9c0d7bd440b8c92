"""Stages of a generic load: extract, transform, load."""

from typing import TYPE_CHECKING
from uuid import UUID

from prefect import task
from prefect.logging import get_run_logger

from tasks.artifacts import begin_bar, move_bar, show_page
from tasks.policy import PER_REQUEST

if TYPE_CHECKING:
    from ff_analytics.engine.etl.fetch import Extraction
    from ff_analytics.engine.etl.readers.transform import Staged
    from ff_analytics.engine.etl.report import EtlReport, LoadCounts


@task(name="extract", task_run_name="extract", tags=["layer:raw", "op:extract"], **PER_REQUEST)
def extract(extraction: "Extraction") -> int:
    """Fetch the pages that are still missing; returns how many there are."""
    from ff_analytics.engine.etl import fetch
    from ff_analytics.engine.etl.readers.transform import count_rows
    from ff_analytics.engine.http.client import public

    logger = get_run_logger()
    logger.info("Initiating extraction from %s", public(extraction.config.source_url))
    config = extraction.config
    fetch.extract(
        extraction,
        lambda page: count_rows(page, config, extraction.settings),
        lambda pages: logger.info("page %s", pages) if config.paged else None,
    )
    return len(extraction.pages)


@task(
    name="transform",
    task_run_name="transform",
    tags=["layer:silver", "op:transform"],
    **PER_REQUEST,
)
def transform(extraction: "Extraction", run_id: str) -> "Staged":
    """Type and check every row; those that do not fit go to quarantine."""
    from ff_analytics.engine.etl.readers.transform import transform as stage

    staged = stage(extraction, run_id)
    logger = get_run_logger()
    logger.info("Transformation complete: %s of %s rows fit", staged.good, staged.read)
    for line in staged.shape.lines():
        logger.info("column %s", line)
    for reason, count in staged.reasons.most_common(5):
        logger.warning("%s x %s", reason, count)
    return staged


@task(name="load", task_run_name="load", tags=["layer:gold", "op:load"], **PER_REQUEST)
def load(
    extraction: "Extraction", staged: "Staged", run_id: str, deployment: str | None
) -> "LoadCounts":
    """Merge or append in one lake transaction."""
    from ff_analytics.engine.etl.load import load as write

    counts = write(extraction, staged, run_id, deployment)
    get_run_logger().info("Transaction committed successfully (snapshot %s)", counts.snapshot)
    return counts


async def begin_progress() -> UUID | None:
    """A progress bar in the UI for the run."""
    return await begin_bar("production-etl-progress", "Extract, transform, load")


async def progress(artifact: UUID | None, done: int) -> None:
    """Move the bar after `done` of three stages."""
    await move_bar(artifact, done, 3)


async def publish_report(report: "EtlReport") -> None:
    """The run in one page: every row accounted for."""
    counts = report.counts
    rows = {
        "read": report.rows_read,
        "new": counts.new,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "duplicate keys in the delivery": counts.duplicates,
        "loaded before": counts.repeated,
        "quarantined": report.rows_rejected,
        "stored now": counts.total,
    }
    lines = [f"# {report.target}", "", f"From {report.source}, {report.pages} pages.", ""]
    lines += ["| rows | |", "|---|---:|", *(f"| {n} | {c:,} |" for n, c in rows.items())]
    if report.columns:
        lines += ["", "New columns:", "", *(f"- {column}" for column in report.columns)]
    if report.columns_added:
        lines += ["", f"Columns added: {', '.join(report.columns_added)}."]
    if report.rejected_because:
        why = "; ".join(f"{r} x {n}" for r, n in report.rejected_because.items())
        lines += ["", f"Quarantined: {why}. They are in `{report.quarantine}`."]
    lines += ["", *(f"- {warning}" for warning in report.warnings)]
    await show_page("production-etl-run", "\n".join(lines), report.line())
