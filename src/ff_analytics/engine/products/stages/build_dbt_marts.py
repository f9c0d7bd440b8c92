"""build-dbt-marts: feed the published Parquet to the product's analytics mart and test it."""

from ff_analytics.engine import dbt
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.products.run import Run


def build_dbt_marts(run: Run) -> dbt.DbtRun | None:
    """Build and test the product's models; None for a run on the past, which has no mart.

    Raises `DbtFailure` naming node, failing rows and compiled SQL.
    """
    with run.stage("build-dbt-marts") as report:
        if run.params.as_of is not None:
            report.detail = "skipped: a run on the past leaves the mart alone"
            return None
        fault_point("build-dbt-marts.before")
        result = dbt.build(
            run.product.dbt_models, holder=run.author, run_id=run.run_id, settings=run.settings
        )
        fault_point("build-dbt-marts.after")
        run.warnings += result.warnings
        report.rows = sum(node.rows_affected or 0 for node in result.nodes)
        report.detail = f"{len(result.nodes)} nodes"
        return result
