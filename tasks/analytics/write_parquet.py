"""Stage 4: the published file."""

from typing import TYPE_CHECKING

from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from ff_analytics.engine.products.run_report import StageName
from tasks import assets
from tasks.artifacts import publish_changes, publish_top, switch_event
from tasks.policy import RETRIES
from tasks.shown import names

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.engine.products.run import Run


@materialize(
    "file://data/analytics",
    name=StageName.WRITE_PARQUET,
    task_run_name=names.of_stage(StageName.WRITE_PARQUET),
    cache_policy=NO_CACHE,
    **RETRIES,
)
def _publish(run: "Run", frame: "pl.DataFrame") -> None:
    """Publish atomically, with the HTML report beside it."""
    from ff_analytics.engine.products.stages import publish_report
    from ff_analytics.engine.products.stages import write_parquet as stage

    if run.scenario:
        get_run_logger().info(run.scenario)
    stage.write_parquet(run, frame)
    report = publish_report.publish_report(run)
    get_run_logger().info("write-parquet: %s, report %s", ", ".join(run.outputs), report or "none")
    for notice in run.notices:
        get_run_logger().info(notice)
        switch_event(run.product.name, notice)
    publish_top(run, frame)
    if run.diff:
        publish_changes(run, run.diff)


def write_parquet(run: "Run", frame: "pl.DataFrame") -> None:
    """The task, with the lineage of this product."""
    stage = _publish.with_options(assets=assets.published(run), asset_deps=assets.inputs(run))
    stage(run, frame)
