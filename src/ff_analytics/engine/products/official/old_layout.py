"""Move an output of the former layout to its own address before the product's file is replaced.

Until 0.1 every run wrote `<output>/latest.parquet` and `<product>.html`, whatever its league and
parameters: what lies there may be a scenario, or the only file of another league.
"""

import logging
from contextlib import suppress

import polars as pl
from pydantic import ValidationError

from ff_analytics.engine.products.official.address import Address, is_main
from ff_analytics.engine.products.official.parts import parts_of
from ff_analytics.engine.products.official.renamed import with_new_names
from ff_analytics.engine.products.outputs import output_at
from ff_analytics.engine.products.run import Run

_log = logging.getLogger(__name__)


def _run_of(run: Run, info: dict[str, str]) -> Run | None:
    """A run with the parameters that the file notes; None when they are not valid any more."""
    try:
        params = run.product.params.model_validate_json(info["ff.parameters"])
    except (KeyError, ValidationError):
        return None
    return Run(run.product, params, run.settings, run.run_id, own=run.own)


def adopt(run: Run) -> None:
    """Copy what the product's own address holds to the address that it has now, if it is another.

    Only for a file of the former layout, and only where nothing lies yet.
    """
    root = Address(run.product.name, run.product.output)
    source = output_at(root.file, run.settings).opened()
    if source is None:
        return
    with suppress(OSError, pl.exceptions.PolarsError):
        info = pl.read_parquet_metadata(source)
        made = None if "ff.kind" in info else _run_of(run, info)
        if made is None or (made.official and is_main(made.product, made.params, made.own)):
            return
        if hasattr(source, "seek"):
            source.seek(0)
        frame = with_new_names(pl.read_parquet(source), run.product)
        for part in parts_of(made, frame):
            target = output_at(part.addresses[0].file, run.settings)
            if target.opened() is None:
                kept = {name: value for name, value in info.items() if name.startswith("ff.")}
                target.publish(part.frame, kept | {"ff.kind": made.kind})
                _log.info("The file of the former layout was copied to %s", target.place)
        page = run.settings.reports_dir / root.report
        moved = run.settings.reports_dir / parts_of(made, frame)[0].addresses[0].report
        if page.exists() and not moved.exists():
            moved.parent.mkdir(parents=True, exist_ok=True)
            page.replace(moved)
