"""Quality gate (stage `quality-gate`): check the quality of the published output."""

import polars as pl

from ff_analytics.engine.products.run import Run
from ff_analytics.engine.products.run_report import StageName


def quality_gate(run: Run, frame: pl.DataFrame) -> None:
    """Have the product check its own output; `pipeline.publish` skips products without a gate."""
    assert run.product.quality_gate is not None
    with run.stage(StageName.QUALITY_GATE) as report:
        run.product.quality_gate(frame, run.params)
        report.detail = "good enough"
