"""Stage 2: marts up to date, frames at one snapshot."""

from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from ff_analytics.engine.products.run_report import StageName
from tasks.policy import RETRIES
from tasks.shown import names

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run
    from ff_analytics.engine.products.stages.load_mart import Loaded


@task(
    name=StageName.LOAD_MART,
    task_run_name=names.of_stage(StageName.LOAD_MART),
    cache_policy=NO_CACHE,
    **RETRIES,
)
def load_mart(run: "Run") -> "Loaded":
    """Rebuild the marts if an input changed, then read the needed columns."""
    from ff_analytics.engine.products.stages import load_mart as stage

    loaded = stage.load_mart(run)
    done = run.stages[-1]
    get_run_logger().info("load-mart: %s rows, %s", f"{done.rows or 0:,}", done.detail)
    return loaded
