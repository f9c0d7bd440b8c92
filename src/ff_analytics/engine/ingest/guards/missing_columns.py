"""A column that the lake has values for and a delivery has not: refused, unless it may vanish.

A column that the contract declares as `COUNTED` has no values when all of them are zero.
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.ingest.land import Landed
from ff_analytics.engine.sources.source import Batch

if TYPE_CHECKING:
    import duckdb

# A column is gone when chance alone would hardly leave it empty: few rows of a rarely filled
# column say nothing.
CHANCE = 0.05
# Zero in every row happens to rare counts: a file has some hundred of them, and comes weekly.
CHANCE_OF_ZEROS = 1e-6
# A few records that a provider sent as changed are no sample of its columns.
_FEW = 20


def unlikely(filled: float, rows: int, chance: float = CHANCE) -> bool:
    """True when `rows` rows without one value do not fit a column that is filled to a share."""
    return filled > 0 and (1 - min(filled, 1.0)) ** rows < chance


def sentence(
    label: str,
    url: str,
    gone: Collection[str],
    unknown: Collection[str],
    remedy: str,
    zeros: Collection[str] = (),
) -> str:
    """What is gone, where, what it may be called now, and what to do.

    `zeros`: those of `gone` that are zero in every row.
    """
    near = {name: get_close_matches(name, unknown, 1, 0.6) for name in sorted(gone)}
    renamed = ", ".join(f"{name} may be {found[0]} now" for name, found in near.items() if found)
    absent = [name for name in sorted(gone) if name not in zeros]
    lacks = [f"no values for {_names(absent)}"] if absent else []
    lacks += [f"only zeros for {_names(sorted(zeros))}"] if zeros else []
    return (
        f"{label}: {url} has {' and '.join(lacks)}, which the stored rows have. Nothing of it was "
        f"loaded and the stored rows stay.{f' {renamed}.' if renamed else ''} {remedy}"
    )


def _names(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _reference(
    con: "duckdb.DuckDBPyConnection", batch: Batch, table: str
) -> tuple[str, list[Any], bool] | None:
    """Condition for the stored rows to compare with; and whether they are of an other time.

    Rows of the same scope; a new season's are those of the season before, or else of any later
    one, which may have columns that its own time had not.
    """
    fixed = {n: v for n, v in (batch.scope or {}).items() if not isinstance(v, tuple)}
    where, values = _equal(fixed)
    if _some(con, table, where, values):
        return where, values, False
    steps = [name for name, value in fixed.items() if isinstance(value, int)]
    if len(steps) != 1:
        return None
    step = lake.column(steps[0])
    others, values = _equal({n: v for n, v in fixed.items() if n != steps[0]})
    below = con.execute(
        f"SELECT max({step}) FROM {table} WHERE {others} AND {step} < ?",
        [*values, fixed[steps[0]]],
    ).fetchone()
    if below and below[0] is not None:
        return f"{others} AND {step} = ?", [*values, below[0]], False
    return (others, values, True) if _some(con, table, others, values) else None


def _equal(scope: Mapping[str, Any]) -> tuple[str, list[Any]]:
    condition = " AND ".join(f"{lake.column(name)} = ?" for name in scope)
    return condition or "TRUE", list(scope.values())


def _some(con: "duckdb.DuckDBPyConnection", table: str, where: str, values: list[Any]) -> bool:
    return (
        con.execute(f"SELECT 1 FROM {table} WHERE {where} LIMIT 1", values).fetchone() is not None
    )


def _zeros(frame: pl.DataFrame, names: Collection[str]) -> set[str]:
    """Of these columns those that hold nothing but zeros and nulls."""
    if not names:
        return set()
    found = frame.select((pl.col(name).fill_null(0) == 0).all() for name in names).row(0)
    return {name for name, only in zip(names, found, strict=True) if only}


def check(con: "duckdb.DuckDBPyConnection", landed: Landed) -> None:
    """Raise `SourceError` for columns that are gone; inside the transaction, before the merge."""
    batch, dataset, rows = landed.batch, landed.batch.dataset, landed.frame.height
    empty = {n for n in landed.frame.columns if landed.frame[n].null_count() == rows}
    absent = set(batch.absent) & empty
    zeros = _zeros(landed.frame, dataset.counted - empty)
    suspects = sorted((empty | zeros) - set(dataset.may_vanish) - set(dataset.keys))
    if not rows or not suspects:
        return
    table = lake.quote(dataset.table)
    reference = _reference(con, batch, table)
    if reference is None:
        return
    where, values, later = reference
    counts = ", ".join(
        f"count(nullif({lake.column(name)}, 0))" if name in zeros else f"count({lake.column(name)})"
        for name in suspects
    )
    found = con.execute(f"SELECT count(*), {counts} FROM {table} WHERE {where}", values).fetchone()
    total, *filled = found or (0,)
    gone = [
        name
        for name, n in zip(suspects, filled, strict=True)
        if n
        and (
            name in absent
            or (
                rows >= _FEW
                and unlikely(n / total, rows, CHANCE_OF_ZEROS if name in zeros else CHANCE)
            )
        )
    ]
    if later and dataset.always:
        gone = [name for name in gone if name in dataset.always]
    if gone:
        remedy = (
            "Correct the file or the source's column names; if these values are gone for good, "
            "run again with force."
        )
        nil = zeros.intersection(gone)
        raise SourceError(sentence(batch.label, batch.url, gone, batch.unknown, remedy, nil))
