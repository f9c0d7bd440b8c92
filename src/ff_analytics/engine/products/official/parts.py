"""Divide a run's output into what is published: one file and one report per league or tenant."""

import copy
from typing import Any

import polars as pl

from ff_analytics.engine.products.official.address import (
    SCENARIOS,
    Address,
    folder_of,
    is_main,
    scenario_id,
)
from ff_analytics.engine.products.run import Part, Run


def _past(run: Run) -> str:
    return "" if run.params.as_of is None else f"snapshot-{run.snapshot}-{run.snapshot_date}"


def _alone(run: Run, frame: pl.DataFrame) -> Part:
    """The one part of a scenario, or of a run on the past."""
    folder = folder_of(run.product.scope.values(run.params))
    if run.differs:
        folder = f"{SCENARIOS}/{scenario_id(run.product, run.params, run.differs)}"
    address = Address(run.product.name, run.product.output, folder, _past(run))
    return Part((address,), frame, copy.copy(run))


def _of_value(run: Run, value: str) -> Run:
    """The run as if it had been asked for this league or tenant only."""
    first, *others = run.product.scope.parameters
    fields = run.product.params.model_fields
    rest: dict[str, Any] = {
        name: fields[name].get_default(call_default_factory=True) for name in others
    }
    view = copy.copy(run)
    view.params = run.params.model_copy(update={first: value, **rest})
    return view


def parts_of(run: Run, frame: pl.DataFrame) -> list[Part]:
    """The parts of an output; that of the product's own address comes last.

    A league or tenant that the run names has a part even when it has no row. The rows of the
    deployment's own league go to two addresses: the league's and the product's.
    """
    if not run.official:
        return [_alone(run, frame)]
    product, scope = run.product, run.product.scope
    root = Address(product.name, product.output)
    column = scope.column
    if column is None or column not in frame.columns:
        return [Part((root,), frame, copy.copy(run))]
    main = is_main(product, run.params, run.own)
    values = scope.values(run.params)
    found = values if values is not None else sorted(frame[column].unique().drop_nulls().to_list())
    own = [Address(product.name, product.output, folder_of([value])) for value in found]
    if len(found) == 1 and values is not None:
        return [Part((own[0], root) if main else (own[0],), frame, copy.copy(run))]
    parts = [
        Part((address,), frame.filter(pl.col(column) == value), _of_value(run, value))
        for value, address in zip(found, own, strict=True)
    ]
    return [*parts, Part((root,), frame, copy.copy(run))] if main else parts
