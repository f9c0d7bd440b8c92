"""Stages of an ingest: fetch a part, land it, upsert it, record what had not changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.artifacts import begin_bar, move_bar, show_table
from tasks.policy import RETRIES
from tasks.shown import names

if TYPE_CHECKING:
    from ff_analytics.engine.ingest import IngestionSummary, Landed, PartResult
    from ff_analytics.engine.sources.source import Batch, FetchContext


# No Prefect retries here: the HTTP layer retries each request, and knows the provider's pace.
@task(name="fetch", task_run_name="fetch", cache_policy=NO_CACHE)
def fetch(parts: "Iterator[Batch]") -> "Batch | None":
    """The next part from the provider; None after the last."""
    batch = next(parts, None)
    if batch is None:
        names.rename_task("fetch: no more parts")
    else:
        names.rename_task(f"fetch {batch.label}")
        state = "not modified" if batch.unchanged else f"{batch.rows_fetched:,} rows"
        get_run_logger().info("fetch %s: %s (%s)", batch.label, state, batch.url)
    return batch


@task(name="land", task_run_name="land {batch.label}", cache_policy=NO_CACHE)
def land(batch: "Batch", context: "FetchContext") -> "Landed":
    """Typed rows; those that break the contract go to quarantine with their reason."""
    from ff_analytics.engine.ingest import land as landing

    return landing(batch, context)


@task(name="upsert", task_run_name="upsert {landed.batch.label}", cache_policy=NO_CACHE, **RETRIES)
def upsert(landed: "Landed", context: "FetchContext") -> "PartResult":
    """Merge by key, with cursor and run record, in one lake transaction."""
    from ff_analytics.engine.ingest import upsert as merge

    part = merge(landed, context)
    get_run_logger().info("upsert %s", part.line())
    return part


@task(name="record-checks", task_run_name="record-checks", cache_policy=NO_CACHE, **RETRIES)
def record_checks(unmodified: "list[Batch]", context: "FetchContext") -> "list[PartResult]":
    """Note that parts without news were looked at: freshness counts from here."""
    from ff_analytics.engine.ingest import record_checks as record

    return record(unmodified, context)


@task(name="publish-summary", task_run_name="publish-summary", cache_policy=NO_CACHE)
def publish_summary(summary: "IngestionSummary") -> None:
    """Table of the parts, and those that the source itself made; notes and warnings in the log."""
    logger = get_run_logger()
    for note in summary.notes:
        logger.info(note)
    for warning in summary.warnings:
        logger.warning(warning)
    logger.info(summary.line())
    rows = [
        {
            "dataset": p.dataset,
            "part": p.part,
            "fetched": p.rows_fetched,
            "new": p.rows_new,
            "updated": p.rows_updated,
            "unchanged": p.rows_unchanged,
            "deleted": p.rows_deleted,
            "rejected": p.rows_rejected,
            "stored": p.total_rows,
        }
        for p in summary.parts
    ]
    show_table(f"ingest-{summary.source}", rows, f"Ingest of {summary.source}")
    for name, table in summary.tables.items():
        show_table(f"ingest-{summary.source}-{name}", table, f"{name} of ingest/{summary.source}")


async def begin_progress(source: str) -> UUID | None:
    """A progress bar in the UI for the run."""
    return await begin_bar(f"ingest-{source}-progress", f"Parts of {source} done")


async def progress(artifact: UUID | None, done: int, expected: int) -> None:
    """Move the bar; called by the flow, between its tasks."""
    await move_bar(artifact, done, expected)
