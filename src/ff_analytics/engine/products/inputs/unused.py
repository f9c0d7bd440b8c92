"""Products of which nothing was ever loaded: their scheduled runs are skipped, not failed."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.product import MartInput, Product
from ff_analytics.engine.products.published import run_first
from ff_analytics.engine.sources import loading_deployments
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.domain import invented

if TYPE_CHECKING:
    import duckdb

    from ff_analytics.engine.base.settings import Settings
    from ff_analytics.engine.products.run import Run


def deciding(source: MartInput) -> list[str]:
    """Raw tables behind an input without which it cannot have a row.

    Those that the input names; else those that are not optional, else all, each of which does.
    """
    tables = source.upstream or (source.mart,)
    if source.decided_by:
        return list(source.decided_by)
    known = {t: found[0] for t in tables if (found := sources.by_table().get(t))}
    needed = [table for table, dataset in known.items() if not dataset.optional]
    return needed or list(known)


def _ever_loaded(con: "duckdb.DuckDBPyConnection", table: str) -> bool:
    """A row, or a load that brought real ones; rows of a sample that gave way count for nothing."""
    if (
        lake.table_exists(con, table)
        and con.execute(f"SELECT 1 FROM {lake.quote(table)} LIMIT 1").fetchone()
    ):
        return True
    if not lake.table_exists(con, "ops.ingest_runs"):
        return False
    origins = con.execute(
        "SELECT DISTINCT origin FROM ops.ingest_runs WHERE table_name = ? "
        "AND coalesce(rows_fetched, 0) + coalesce(rows_unchanged, 0) > 0",
        [table],
    ).fetchall()
    return any(not invented(origin or "") for (origin,) in origins)


def _published(con: "duckdb.DuckDBPyConnection", mart: str) -> bool:
    there = lake.table_exists(con, mart)
    return there and con.execute(f"SELECT 1 FROM {lake.quote(mart)} LIMIT 1").fetchone() is not None


def _lacking(
    con: "duckdb.DuckDBPyConnection | None", inputs: Iterable[MartInput]
) -> Iterator[list[str]]:
    """Per input that cannot have a row: the tables that were never loaded."""
    for source in inputs:
        if source.allow_empty:
            continue
        if source.of_product:
            producer = products.of_mart(source.mart)
            if producer and not (con and _published(con, source.mart)):
                default = producer.inputs_for(producer.params())
                yield from _lacking(con, default)
            continue
        tables = deciding(source)
        if tables and not (con and any(_ever_loaded(con, table) for table in tables)):
            yield tables


def _was_published(product: Product, settings: "Settings") -> bool:
    """Whether output of the product lies there: then a lake that is gone is no new start."""
    folder = Path(settings.analytics) / product.output
    return not settings.analytics.startswith("s3://") and any(folder.glob("**/*.parquet"))


def _never_loaded(run: "Run", inputs: Iterable[MartInput]) -> list[str] | None:
    try:
        with lake.connect(settings=run.settings) as con:
            return next(_lacking(con, inputs), None)
    except LakeMissing:
        if _was_published(run.product, run.settings):
            return None
        return next(_lacking(None, inputs), None)


def _unpublished(
    con: "duckdb.DuckDBPyConnection", inputs: Iterable[MartInput], settings: "Settings"
) -> Product | None:
    """The product that an input comes from, when it has never published anything."""
    for source in inputs:
        if source.of_product and not source.allow_empty and not _published(con, source.mart):
            producer = products.of_mart(source.mart)
            if producer and not _was_published(producer, settings):
                return producer
    return None


def _not_yet(run: "Run", inputs: Iterable[MartInput]) -> str | None:
    """Why a run with loaded inputs comes too early: after another product, or with more rows."""
    with suppress(LakeMissing), lake.connect(settings=run.settings) as con:
        if producer := _unpublished(con, inputs, run.settings):
            return (
                f"{run.product.title} has no input yet: {producer.deployment} has not published "
                f"anything. {run_first(producer, run.params)}"
            )
        too_little = run.product.too_little
        if too_little and not _was_published(run.product, run.settings):
            return too_little(con, run.params)
    return None


def why_unused(run: "Run") -> str | None:
    """One sentence when there is nothing to run on because it was never loaded or published.

    None for a run that has its inputs, for one on the past, and for inputs that were lost.
    """
    if run.params.as_of is not None:
        return None
    inputs: Any = run.product.inputs_for(run.params)
    tables = _never_loaded(run, inputs)
    if tables is None:
        return _not_yet(run, inputs)
    names = ", ".join(tables)
    lacks = f"none of {names} was ever loaded" if tables[1:] else f"{names} was never loaded"
    return (
        f"{run.product.title} has no input yet: {lacks}. {loading_deployments.how_to_load(tables)}"
    )


def what_brings(source: MartInput) -> str:
    """What to do about an input without a row: load the tables that decide, or ask otherwise."""
    tables = deciding(source) or [source.mart]
    if source.of_product:
        return "Check the parameters."
    return (
        f"Rows of {', '.join(tables)} decide. {loading_deployments.how_to_load(tables)} If they "
        "are loaded, check the parameters."
    )
