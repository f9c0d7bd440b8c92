"""Stage 6, of products that judge their own output."""

from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.shown import names

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.engine.products.run import Run


@task(name="judge", task_run_name=names.of_stage("judge"), cache_policy=NO_CACHE)
def judge(run: "Run", frame: "pl.DataFrame") -> None:
    """Never retried: the same output would be judged the same."""
    from ff_analytics.engine.products.stages.judge import judge as stage

    stage(run, frame)
