"""Stage 3: the product's own function, checked against its contract."""

from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.artifacts import publish_top

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.run import Run
    from ff_analytics.stages.load_mart import Loaded


@task(name="compute", cache_policy=NO_CACHE)
def compute(run: "Run", loaded: "Loaded") -> "pl.DataFrame":
    """Never retried: the same frames would break the same rule again."""
    from ff_analytics.stages import compute as stage

    frame = stage.compute(run, loaded)
    get_run_logger().info("compute: %s rows meet the contract", frame.height)
    if run.product.sort_by:
        publish_top(run.product.name, frame, run.product.top, run.product.sort_by)
    return frame
