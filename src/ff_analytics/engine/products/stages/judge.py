"""judge: the output is published; is it as good as it has to be?"""

import polars as pl

from ff_analytics.engine.products.run import Run


def judge(run: Run, frame: pl.DataFrame) -> None:
    """Ask the product about its own output; nothing for a product without an opinion.

    After the marts, so that what is not good enough can be looked at.
    """
    if run.product.judge is None:
        return
    with run.stage("judge") as report:
        run.product.judge(frame, run.params)
        report.detail = "good enough"
