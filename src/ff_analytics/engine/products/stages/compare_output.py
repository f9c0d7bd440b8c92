"""Compare an output with the one that it replaces."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from ff_analytics.engine.products.diff import Mover, Named, OutputDiff

# Dates and ids of the run differ every day; they are not news.
_OF_THE_RUN = frozenset({"snapshot_date", "input_snapshot_id", "model_version"})
_MOVERS = 10
_NAMED = 10


def _key_columns(frame: pl.DataFrame, keys: Sequence[str]) -> list[str]:
    return [key for key in keys if key not in _OF_THE_RUN and key in frame.columns]


def _movers(
    both: pl.DataFrame, keys: Sequence[str], column: str, label: str | None, least: float
) -> tuple[Mover, ...]:
    moved = (
        both.with_columns(change=(pl.col(column) - pl.col(f"{column}_before")).abs())
        .filter(pl.col("change") > least)
        .sort("change", *keys, descending=[True, *(False for _ in keys)])
        .head(_MOVERS)
    )
    return tuple(
        Mover(key=_name(row, keys, label), before=row[f"{column}_before"], after=row[column])
        for row in moved.to_dicts()
    )


def _name(row: dict[str, Any], keys: Sequence[str], label: str | None) -> str:
    """The label's value, else the key."""
    named = row.get(label) if label else None
    return str(named) if named is not None else ", ".join(str(row[key]) for key in keys)


def _only(
    these: pl.DataFrame, those: pl.DataFrame, keys: Sequence[str], column: str | None, label: Any
) -> tuple[Named, ...]:
    """The first rows of `these` that are not in `those`, by the leading number if there is one."""
    rows = these.join(those, on=keys, how="anti", nulls_equal=True)
    if column:
        rows = rows.sort(column, *keys, descending=[True, *(False for _ in keys)], nulls_last=True)
    return tuple(
        Named(key=_name(row, keys, label), value=row[column] if column else None)
        for row in rows.head(_NAMED).to_dicts()
    )


def _differs(shared: Sequence[str]) -> pl.Expr:
    """True where any of the columns has another value."""
    each = (pl.col(c).ne_missing(pl.col(f"{c}_before")) for c in shared)
    return pl.any_horizontal(pl.lit(False), *each)


def _moved(frame: pl.DataFrame, shared: Sequence[str], leading: str | None, least: float) -> Any:
    """True where the leading number moved by more than `least`, or a word or switch is another."""
    words = [c for c in shared if frame.schema[c] in (pl.String, pl.Boolean)]
    if leading is None:
        return _differs(words)
    now, before = pl.col(leading), pl.col(f"{leading}_before")
    came_or_went = now.is_null() != before.is_null()
    return _differs(words) | came_or_went | ((now - before).abs() > least).fill_null(False)


def compare(
    before: pl.DataFrame,
    after: pl.DataFrame,
    keys: Sequence[str],
    *,
    column: str | None = None,
    label: str | None = None,
    precision: float | None = None,
) -> OutputDiff:
    """Diff of two outputs of one product, matched by `keys` without the run's own columns.

    `column` is the number whose biggest movers are named, `label` the column that names a row.
    Columns that only one of the two has are not compared. With a `precision` a row has changed when
    its leading number moved by more, or a text of it is another; without, when anything differs.
    """
    on = _key_columns(after, keys)
    shared = [
        c for c in after.columns if c in before.columns and c not in on and c not in _OF_THE_RUN
    ]
    old = before.select(*on, *shared)
    both = after.select(*on, *shared).join(old, on=on, how="inner", suffix="_before")
    leading = column if column in shared and after.schema[column].is_numeric() else None
    least = precision or 0.0
    differs = _differs(shared) if precision is None else _moved(both, shared, leading, least)
    changed = both.filter(differs)
    return OutputDiff(
        added=after.height - both.height,
        dropped=before.height - both.height,
        changed=changed.height,
        unchanged=both.height - changed.height,
        column=column,
        movers=_movers(changed, on, leading, label, least) if leading else (),
        came=_only(after, before, on, leading, label),
        went=_only(before, after, on, leading, label),
    )


def previous(source: Path | BytesIO) -> pl.DataFrame | None:
    """The output as published before; None when it cannot be read."""
    try:
        return pl.read_parquet(source)
    except (OSError, pl.exceptions.PolarsError):
        return None
