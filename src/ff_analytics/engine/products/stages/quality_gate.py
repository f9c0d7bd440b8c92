"""Quality gate (stage `quality-gate`): check the quality of the published output."""

import polars as pl

from ff_analytics.engine.products.run import Run


def quality_gate(run: Run, frame: pl.DataFrame) -> None:
    """Ask the product about its own output; nothing for a product without an opinion.

    After the marts, so that what is not good enough can be looked at.
    """
    if run.product.quality_gate is None:
        return
    with run.stage("quality-gate") as report:
        run.product.quality_gate(frame, run.params)
        report.detail = "good enough"
