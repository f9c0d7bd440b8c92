"""The stages of an analytics run in order: for the flows, runs without a server and backfills."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ff_analytics.engine.base.errors import interrupted
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products.run import Run, RunReport, StageReport, start

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.engine.products.stages.load_mart import Loaded


@dataclass(frozen=True)
class Stages:
    """One function per stage: plain ones, or Prefect tasks around them."""

    ingest_check: Callable[[Run], object]
    load_mart: "Callable[[Run], Loaded]"
    compute: "Callable[[Run, Loaded], pl.DataFrame]"
    write_parquet: "Callable[[Run, pl.DataFrame], object]"
    build_dbt_marts: Callable[[Run], object]
    quality_gate: "Callable[[Run, pl.DataFrame], object]"


def read(run: Run, stages: Stages) -> "Loaded":
    """The stages before `compute`: check the inputs, then read them at one snapshot."""
    stages.ingest_check(run)
    return stages.load_mart(run)


def publish(run: Run, frame: "pl.DataFrame", stages: Stages) -> None:
    """The stages after `compute`: file and report, mart, quality gate."""
    stages.write_parquet(run, frame)
    stages.build_dbt_marts(run)
    # After the mart, so that an output that is not good enough can be examined.
    if run.product.quality_gate:
        stages.quality_gate(run, frame)


def execute(run: Run, stages: Stages) -> None:
    """Every stage in order; the first failure raises."""
    publish(run, stages.compute(run, read(run, stages)), stages)


def in_process() -> Stages:
    """The stages as plain functions."""
    from ff_analytics.engine.products.stages.build_dbt_marts import build_dbt_marts
    from ff_analytics.engine.products.stages.compute import compute
    from ff_analytics.engine.products.stages.ingest_check import ingest_check
    from ff_analytics.engine.products.stages.load_mart import load_mart
    from ff_analytics.engine.products.stages.publish_report import publish_report
    from ff_analytics.engine.products.stages.quality_gate import quality_gate
    from ff_analytics.engine.products.stages.write_parquet import write_parquet

    def write_with_report(run: Run, frame: "pl.DataFrame") -> None:
        write_parquet(run, frame)
        publish_report(run)

    return Stages(
        ingest_check, load_mart, compute, write_with_report, build_dbt_marts, quality_gate
    )


def run_product(
    product: str,
    parameters: dict[str, Any] | None = None,
    *,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> RunReport:
    """All stages in this process, without Prefect; the report shows how it ended.

    Parameter errors raise `ConfigError`; a failed stage ends in a report of outcome `failed`.
    """
    run = start(product, parameters or {}, settings=settings)
    progress(run.scenario or "starting")

    def show(stage: StageReport) -> None:
        progress(f"{stage.name:<16} {stage.seconds:6.2f} s  {stage.detail}")

    run.progress = show
    try:
        # Imported after `start`: a wrong parameter is refused without the wait.
        execute(run, in_process())
    except Exception as error:
        if interrupted(error):
            raise KeyboardInterrupt from error
        return run.close(error)
    return run.close()
