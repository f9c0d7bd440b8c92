"""Build dbt models outside of a product's run."""

from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.artifacts import node_rows, show_table
from tasks.policy import RETRIES


@task(name="build-warehouse", task_run_name="build-warehouse", cache_policy=NO_CACHE, **RETRIES)
def build_warehouse(select: str, full_refresh: bool, holder: str) -> dict[str, Any]:
    """Sync league profiles, then build; returns the result per node."""
    from ff_analytics.domains.fantasy.league.sync import sync_leagues
    from ff_analytics.engine import dbt
    from ff_analytics.engine.base.settings import get_settings

    sync_leagues(get_settings())
    result = dbt.build(select, holder=holder, full_refresh=full_refresh)
    get_run_logger().info("%s dbt nodes built", len(result.nodes))
    show_table("warehouse-dbt", node_rows(result), "dbt models and tests of the warehouse")
    return result.model_dump(mode="json")
