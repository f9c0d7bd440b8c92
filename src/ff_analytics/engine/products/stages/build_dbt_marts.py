"""build-dbt-marts: feed the files of an official run to the product's analytics mart; test it."""

from ff_analytics.engine import dbt
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.products.run_report import StageName


def _files(run: Run) -> list[str]:
    """The published files that hold each row of the run once."""
    last = run.parts[-1]
    whole = last.addresses[-1].folder == ""
    parts = [last] if whole else run.parts
    return [part.run.output for part in parts if part.run.output]


def build_dbt_marts(run: Run) -> dbt.DbtRun | None:
    """Build and test the product's models; None for scenarios and runs on the past.

    They are in no mart: its rows are official, one slice per league or tenant and day.

    Raises `DbtFailure` naming node, failing rows and compiled SQL.
    """
    with run.stage(StageName.BUILD_DBT_MARTS) as report:
        if not run.official:
            what = "a run on the past" if run.params.as_of is not None else "a scenario"
            report.detail = f"skipped: {what} leaves the mart alone"
            return None
        fault_point("build-dbt-marts.before")
        result = dbt.build(
            run.product.dbt_models,
            holder=run.author,
            run_id=run.run_id,
            published={run.product.output: _files(run)},
            settings=run.settings,
        )
        fault_point("build-dbt-marts.after")
        run.warnings += result.warnings
        report.rows = sum(node.rows_affected or 0 for node in result.nodes)
        report.detail = f"{len(result.nodes)} nodes"
        return result
