"""The HTML report of a product, written beside the others as `data/reports/<product>.html`."""

import os
from contextlib import suppress
from pathlib import Path

import polars as pl

from ff_analytics.engine.base.errors import PublishError
from ff_analytics.engine.products.run import Run


def publish_report(run: Run, frame: pl.DataFrame) -> Path | None:
    """Write the report atomically; None when the product has none or the run is on the past."""
    if run.product.report is None or run.params.as_of is not None:
        return None
    target = run.settings.reports_dir / f"{run.product.name}.html"
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(run.product.report(frame, run), encoding="utf-8")
        temporary.replace(target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        # The report is no stage of its own; it belongs to the one that published its rows.
        run.stages[-1].outcome = "failed"
        raise PublishError(
            f"{target} could not be written: {error}. The previous report is untouched. "
            "Check free space and permissions of the folder, then run again."
        ) from error
    run.report_path = str(target)
    return target
