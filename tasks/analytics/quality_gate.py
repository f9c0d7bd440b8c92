"""Stage 6: the quality gate of products that check their own output."""

from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import NO_CACHE

from ff_analytics.engine.products.run_report import StageName
from tasks.shown import names

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.engine.products.run import Run


@task(
    name=StageName.QUALITY_GATE,
    task_run_name=names.of_stage(StageName.QUALITY_GATE),
    cache_policy=NO_CACHE,
)
def quality_gate(run: "Run", frame: "pl.DataFrame") -> None:
    """Never retried: the same output gives the same result."""
    from ff_analytics.engine.products.stages.quality_gate import quality_gate as stage

    stage(run, frame)
