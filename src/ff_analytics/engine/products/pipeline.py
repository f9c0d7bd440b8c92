"""Run a product's five stages in this process, without Prefect: the edit-run loop."""

from collections.abc import Callable
from typing import Any

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products.run import RunReport, start


def run_product(
    product: str,
    parameters: dict[str, Any] | None = None,
    *,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> RunReport:
    """The stages of `flows/analytics.py`, in the same order; the report says how it ended.

    Parameter errors raise `ConfigError`; a failed stage ends in a report of outcome `failed`.
    """
    run = start(product, parameters or {}, settings=settings)
    progress(run.scenario or "starting")
    # After `start`, so that a typing error in a parameter does not wait for these imports.
    from ff_analytics.engine.products.stages.build_dbt_marts import build_dbt_marts
    from ff_analytics.engine.products.stages.compute import compute
    from ff_analytics.engine.products.stages.ingest_check import ingest_check
    from ff_analytics.engine.products.stages.load_mart import load_mart
    from ff_analytics.engine.products.stages.publish_report import publish_report
    from ff_analytics.engine.products.stages.quality_gate import quality_gate
    from ff_analytics.engine.products.stages.write_parquet import write_parquet

    def told(name: str) -> None:
        done = run.stages[-1]
        progress(f"{name:<16} {done.seconds:6.2f} s  {done.detail}")

    try:
        ingest_check(run)
        told("ingest-check")
        loaded = load_mart(run)
        told("load-mart")
        frame = compute(run, loaded)
        told("compute")
        write_parquet(run, frame)
        told("write-parquet")
        publish_report(run)
        build_dbt_marts(run)
        told("build-dbt-marts")
        quality_gate(run, frame)
    except Exception as error:
        return run.close(error)
    return run.close()
