"""Stages of an ingest: fetch a part, land it, upsert it, record what had not changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from prefect import task
from prefect.artifacts import (
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.policy import RETRIES

if TYPE_CHECKING:
    from ff_analytics.ingest import IngestionSummary, Landed, PartResult
    from ff_analytics.source import Batch, FetchContext


# No Prefect retries here: the HTTP layer retries each request, and knows the provider's pace.
@task(name="fetch", cache_policy=NO_CACHE)
def fetch(parts: "Iterator[Batch]") -> "Batch | None":
    """The next part from the provider; None after the last."""
    batch = next(parts, None)
    if batch is not None:
        state = "not modified" if batch.unchanged else f"{batch.rows_fetched:,} rows"
        get_run_logger().info("fetch %s: %s (%s)", batch.label, state, batch.url)
    return batch


@task(name="land", cache_policy=NO_CACHE)
def land(batch: "Batch", context: "FetchContext") -> "Landed":
    """Typed rows; those that break the contract go to quarantine with their reason."""
    from ff_analytics.ingest import land as landing

    return landing(batch, context)


@task(name="upsert", cache_policy=NO_CACHE, **RETRIES)
def upsert(landed: "Landed", context: "FetchContext") -> "PartResult":
    """Merge by key, with cursor and run record, in one lake transaction."""
    from ff_analytics.ingest import upsert as merge

    part = merge(landed, context)
    get_run_logger().info("upsert %s", part.line())
    return part


@task(name="record-checks", cache_policy=NO_CACHE, **RETRIES)
def record_checks(unmodified: "list[Batch]", context: "FetchContext") -> "list[PartResult]":
    """Note that parts without news were looked at: freshness counts from here."""
    from ff_analytics.ingest import record_checks as record

    return record(unmodified, context)


@task(name="publish-summary", cache_policy=NO_CACHE)
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
    create_table_artifact(
        key=f"ingest-{summary.source}", table=rows, description=f"Ingest of {summary.source}"
    )
    for name, table in summary.tables.items():
        create_table_artifact(
            key=f"ingest-{summary.source}-{name}",
            table=table,
            description=f"{name} of ingest/{summary.source}",
        )


@task(name="show-progress", cache_policy=NO_CACHE)
def begin_progress(source: str) -> UUID:
    """A progress bar in the UI for the run."""
    made = create_progress_artifact(
        progress=0.0, key=f"ingest-{source}-progress", description=f"Parts of {source} done"
    )
    assert isinstance(made, UUID)
    return made


async def progress(artifact: UUID, done: int, expected: int) -> None:
    """Move the bar; called by the flow, between its tasks."""
    await update_progress_artifact(  # type: ignore[misc]
        artifact, progress=100.0 * done / max(done, expected, 1)
    )
