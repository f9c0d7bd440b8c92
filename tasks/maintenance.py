"""Nightly care: the lake, and the server's run history."""

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.logging import get_run_logger

from tasks.policy import RETRIES

# Bound of one night: a long history is worked off over several.
_BATCH = 200
_MOST = 5_000


@task(name="maintain-lake", task_run_name="maintain-lake", cache_policy=NO_CACHE, **RETRIES)
def maintain_lake(dry_run: bool, retention_days: int | None) -> dict[str, Any]:
    """Merge, expire and clean; counts in the log."""
    from ff_analytics.engine.lake.care.maintenance import maintain

    report = maintain(dry_run=dry_run, retention_days=retention_days)
    get_run_logger().info("%s%s", "dry run: " if dry_run else "", report.line())
    return report.model_dump()


@task(name="remove-old-files", task_run_name="remove-old-files", cache_policy=NO_CACHE)
def remove_old_files(dry_run: bool) -> int:
    """Quarantine and cache files, and reports of days, past their retention."""
    from ff_analytics.engine.lake.care.housekeeping import remove_old_files as remove
    from ff_analytics.engine.products.pages.retention import remove_old_reports
    from ff_analytics.engine.sources.domain import run_folders

    count = remove(dry_run=dry_run, run_folders=run_folders())
    count += remove_old_reports(dry_run=dry_run)
    get_run_logger().info("%s old files %s", count, "found" if dry_run else "removed")
    return count


@task(name="prune-flow-runs", task_run_name="prune-flow-runs", cache_policy=NO_CACHE)
async def prune_flow_runs(dry_run: bool, retention_days: int | None) -> int:
    """Delete finished flow runs that ended before the retention; returns how many."""
    from ff_analytics.engine.base.settings import get_settings

    days = retention_days or get_settings().run_retention_days
    limit = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    old = FlowRunFilter.model_validate(
        {
            "end_time": {"before_": limit},
            "state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}},
        }
    )
    removed = 0
    async with get_client() as client:
        while removed < _MOST:
            runs = await client.read_flow_runs(
                flow_run_filter=old, limit=_BATCH, offset=removed if dry_run else 0
            )
            if not dry_run:
                for run in runs:
                    await client.delete_flow_run(run.id)
            removed += len(runs)
            if len(runs) < _BATCH:
                break
    get_run_logger().info(
        "%s flow runs older than %s days %s", removed, days, "found" if dry_run else "removed"
    )
    return removed
