"""Give the history of a product the names that its columns have now."""

from collections.abc import Collection, Iterator, Mapping

import duckdb
import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.products.product import Product


def _outdated(columns: Collection[str], renamed: Mapping[str, str]) -> dict[str, str]:
    return {old: new for old, new in renamed.items() if old in columns and new not in columns}


def with_new_names(frame: pl.DataFrame, product: Product) -> pl.DataFrame:
    """A published frame of a former layout in the names of now."""
    return frame.rename(_outdated(frame.columns, product.renamed))


def former_names(columns: Collection[str], product: Product) -> dict[str, str]:
    """Name of now -> the name in `columns`, of a snapshot from before a rename."""
    return {new: old for old, new in _outdated(columns, product.renamed).items()}


def _wanted(
    con: duckdb.DuckDBPyConnection, products: Collection[Product]
) -> Iterator[tuple[str, dict[str, str]]]:
    for product in products:
        if product.renamed and lake.table_exists(con, product.mart):
            outdated = _outdated(lake.table_columns(con, product.mart), product.renamed)
            if outdated:
                yield product.mart, outdated


def rename_columns(products: Collection[Product], settings: Settings, author: str) -> list[str]:
    """Rename outdated columns of the products' marts, in one commit; the marts that had any.

    Rows, days and snapshots stay: a rename changes no data file. Nothing without a lake or such
    columns.
    """
    try:
        with lake.connect(settings=settings) as con:
            found = dict(_wanted(con, products))
    except LakeMissing:
        return []
    if not found:
        return []

    def work(con: duckdb.DuckDBPyConnection) -> None:
        for mart, outdated in _wanted(con, products):
            for old, new in outdated.items():
                con.execute(
                    f"ALTER TABLE {lake.quote(mart)} RENAME COLUMN {lake.quote(old)} "
                    f"TO {lake.quote(new)}"
                )

    what = lake.Provenance(author=author, message=f"columns renamed: {', '.join(sorted(found))}")
    lake.commit(what, work, settings=settings)
    return sorted(found)
