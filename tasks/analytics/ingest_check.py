"""Stage 1: the gate."""

from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from ff_analytics.engine.products.run_report import StageName
from tasks.artifacts import publish_checks, warn_event
from tasks.policy import RETRIES
from tasks.shown import names

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run


@task(
    name=StageName.INGEST_CHECK,
    task_run_name=names.of_stage(StageName.INGEST_CHECK),
    cache_policy=NO_CACHE,
    **RETRIES,
)
def ingest_check(run: "Run") -> None:
    """Refuse stale or broken inputs before anything is computed; flag suspicious ones."""
    from ff_analytics.engine.checks.result import Status
    from ff_analytics.engine.products.stages import ingest_check as stage

    logger = get_run_logger()
    results = stage.run_checks(run)
    publish_checks(run, results)
    for result in results:
        if result.status is Status.WARN:
            logger.warning(result.line())
            warn_event(result.subject, result.line())
    logger.info("ingest-check: %s", run.stages[-1].detail)
    stage.refuse(run, results)
