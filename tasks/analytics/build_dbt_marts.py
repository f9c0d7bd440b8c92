"""Stage 5: the analytics mart."""

from typing import TYPE_CHECKING

from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from ff_analytics.engine.products.run_report import StageName
from tasks import assets
from tasks.artifacts import about, artifact_key, node_rows, show_table
from tasks.policy import RETRIES
from tasks.shown import names

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run


@materialize(
    "ducklake://lake/analytics",
    name=StageName.BUILD_DBT_MARTS,
    task_run_name=names.of_stage(StageName.BUILD_DBT_MARTS),
    by="dbt",
    cache_policy=NO_CACHE,
    **RETRIES,
)
def _build(run: "Run") -> None:
    """Build and test the product's dbt models in this process."""
    from ff_analytics.engine.products.stages import build_dbt_marts as stage

    result = stage.build_dbt_marts(run)
    get_run_logger().info("build-dbt-marts: %s", run.stages[-1].detail)
    if result is not None:
        key, what = artifact_key(run, "dbt"), f"dbt models and tests of {about(run)}"
        show_table(key, node_rows(result), what)


def build_dbt_marts(run: "Run") -> None:
    """The task, with the lineage of this product."""
    stage = _build.with_options(assets=assets.marts(run), asset_deps=assets.published(run))
    stage(run)
