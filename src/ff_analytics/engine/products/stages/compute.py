"""compute: one pure function of the product, its result checked against the contract."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
from dataframely.exc import SchemaError

from ff_analytics.engine.base.errors import ContractViolation, PublishError
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.product import RunContext
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.products.run_report import StageName
from ff_analytics.engine.products.stages.load_mart import Loaded
from ff_analytics.engine.sources import quarantine

_SAMPLE_KEYS = 5


def _explain(run: Run, frame: pl.DataFrame, good: pl.DataFrame, counts: dict[str, int]) -> str:
    keys = run.product.contract.primary_key()
    bad = frame.join(good, on=keys, how="anti", nulls_equal=True)
    rules = ", ".join(f"{rule} ({count} rows)" for rule, count in counts.items())
    file = run.settings.quarantine_dir / "analytics" / run.product.output / f"{run.run_id}.parquet"
    # On a line of its own: the first one is what equal failures are recognised by.
    where = f"All such rows: {file}"
    try:
        quarantine.keep(bad, file)
    except PublishError as error:
        where = str(error).rstrip(".")
    return (
        f"{run.product.name}: the output breaks its contract: {rules}. First keys: "
        f"{bad.select(keys).head(_SAMPLE_KEYS).rows()}. The previous output is untouched.\n{where}."
    )


def enforce(run: Run, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in the contract's column order and types.

    Raises `ContractViolation` with rule, count and sample keys; bad rows go to quarantine.
    """
    contract = run.product.contract
    try:
        good, failures = contract.filter(frame, cast=True)
    except SchemaError as error:
        raise ContractViolation(
            f"{run.product.name}: the output's columns do not fit its contract: {error}"
        ) from error
    if counts := failures.counts():
        raise ContractViolation(_explain(run, frame, good, counts))
    return good.sort(contract.primary_key())


def calculate(
    product: str, frames: Mapping[str, pl.DataFrame], params: Any, context: RunContext
) -> pl.DataFrame:
    """The product's own function by name: all that another process or host needs to run it."""
    return products.load(product).compute(frames, params, context)


def context_of(run: Run, loaded: Loaded) -> RunContext:
    """What the product's function may know of the run."""
    return RunContext(loaded.snapshot, run.snapshot_date, run.run_id, loaded.committed_at)


def accept(run: Run, work: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """The stage: what `work` yields, once it meets the contract."""
    with run.stage(StageName.COMPUTE) as report:
        fault_point("compute.before")
        frame = enforce(run, work())
        fault_point("compute.after")
        report.rows = frame.height
        return frame


def compute(run: Run, loaded: Loaded) -> pl.DataFrame:
    """Run the product's function; never retried, since the same input fails the same way."""
    context = context_of(run, loaded)
    return accept(run, lambda: run.product.compute(loaded.frames, run.settled, context))
