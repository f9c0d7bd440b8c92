"""Rows that a delivery has twice: which one counts is a guess that must be seen."""

import polars as pl

from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.errors import ContractViolation
from ff_analytics.engine.lake.upsert import distinct

# More keys than this that come twice with different values, and the file is refused.
DOUBLED_SHARE = 0.05
_SHOWN = 5


def conflicting(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Of the keys whose rows differ, every row."""
    twice = rows.filter(pl.struct(keys).is_duplicated())
    return twice.unique(maintain_order=True).filter(pl.struct(keys).is_duplicated())


def _named(rows: pl.DataFrame, dataset: Dataset) -> str:
    """The keys that weigh most, by the names that people know."""
    keys = list(dataset.keys)
    weight = dataset.weight if dataset.weight in rows.columns else None
    if weight:
        rows = rows.sort(
            pl.col(weight).cast(pl.Float64, strict=False), descending=True, nulls_last=True
        )
    first = rows.unique(keys, keep="first", maintain_order=True).head(_SHOWN)
    words = []
    for row in first.iter_rows(named=True):
        title = row.get(dataset.title or "")
        rest = [f"{key} {row[key]}" for key in keys if title is None or row[key] is not None]
        words.append(f"{title} ({', '.join(rest)})" if title else ", ".join(rest))
    more = rows.n_unique(keys) - len(words)
    return "; ".join(words) + (f" and {more} more" if more > 0 else "")


def check(rows: pl.DataFrame, dataset: Dataset, label: str, url: str) -> list[str]:
    """A warning for keys that come twice with different values.

    Raises `ContractViolation` when they are more than `DOUBLED_SHARE` of all keys.
    """
    keys = list(dataset.keys)
    # A row without a part of its key breaks the contract, which says so better.
    columns = dataset.contract.columns()
    rows = rows.drop_nulls([key for key in keys if key in columns and not columns[key].nullable])
    if distinct(rows, keys):
        return []
    differ = conflicting(rows, keys)
    if differ.is_empty():
        return []
    doubled, all_keys = differ.n_unique(keys), rows.n_unique(keys)
    said = (
        f"{label}: {doubled:,} of {all_keys:,} keys come more than once with different values: "
        f"{_named(differ, dataset)}"
    )
    if doubled > DOUBLED_SHARE * all_keys:
        raise ContractViolation(
            f"{said}. At most {DOUBLED_SHARE:.0%} may. Nothing of {url} was loaded; tell the "
            "provider, or remove the rows that are wrong."
        )
    return [f"{said}; the last row of each was kept"]
