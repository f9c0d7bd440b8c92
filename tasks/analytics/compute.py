"""Stage 3: the product's own function, checked against its contract."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger

from ff_analytics.engine.products.run_report import StageName
from tasks.shown import names

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.engine.products.run import Run
    from ff_analytics.engine.products.stages.load_mart import Loaded


@task(
    name="compute-elsewhere",
    task_run_name="compute {product} {league}",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def _calculate(
    product: str, league: str, frames: "Mapping[str, pl.DataFrame]", params: Any, context: Any
) -> "pl.DataFrame":
    from ff_analytics.engine.products.stages.compute import calculate

    return calculate(product, frames, params, context)


def submit(run: "Run", loaded: "Loaded") -> "PrefectFuture[pl.DataFrame]":
    """Begin the product's function on the flow's task runner."""
    from ff_analytics.engine.products.stages.compute import context_of

    context = context_of(run, loaded)
    return _calculate.submit(
        run.product.name, " ".join(map(str, run.subject)), loaded.frames, run.settled, context
    )


def collect(run: "Run", future: "PrefectFuture[pl.DataFrame]") -> "pl.DataFrame":
    """What was computed elsewhere, once it meets the contract; checked here, beside the lake."""
    from ff_analytics.engine.products.stages.compute import accept

    return accept(run, future.result)


@task(
    name=StageName.COMPUTE, task_run_name=names.of_stage(StageName.COMPUTE), cache_policy=NO_CACHE
)
def compute(run: "Run", loaded: "Loaded") -> "pl.DataFrame":
    """Never retried: the same frames would break the same rule again."""
    from ff_analytics.engine.products.stages import compute as stage

    frame = stage.compute(run, loaded)
    get_run_logger().info("compute: %s rows meet the contract", f"{frame.height:,}")
    return frame
