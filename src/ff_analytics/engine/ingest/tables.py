"""The raw tables of all sources: created together, and either all sample or all real."""

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING

from ff_analytics.engine import lake
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.errors import ConfigError, LakeMissing
from ff_analytics.engine.lake import ops
from ff_analytics.engine.lake.upsert import ensure_table
from ff_analytics.engine.sources import registry as sources

if TYPE_CHECKING:
    import duckdb

    from ff_analytics.engine.base.settings import Settings

SAMPLE = "sample"

# Written from the user's own files when marts are built, not fetched from a provider.
MIRRORED_TABLES = (
    Dataset(
        "scoring_rules",
        "raw_league.scoring_rules",
        ("league", "category"),
        "ff_analytics.domains.fantasy.league.contract:ScoringRule",
    ),
    Dataset(
        "profiles",
        "raw_league.profiles",
        ("league",),
        "ff_analytics.domains.fantasy.league.contract:Profile",
    ),
    Dataset(
        "tenants",
        "raw_marketing.tenants",
        ("tenant",),
        "ff_analytics.domains.marketing.tenants.contract:TenantRow",
    ),
    Dataset(
        "budgets",
        "raw_marketing.budgets",
        ("tenant", "channel"),
        "ff_analytics.domains.marketing.tenants.contract:Budget",
    ),
)


@cache
def registered() -> dict[str, Dataset]:
    """Every raw table and a dataset that declares it; the same table may serve many sources."""
    datasets = (dataset for source in sources.loadable() for dataset in source.datasets)
    return {dataset.table: dataset for dataset in (*datasets, *MIRRORED_TABLES)}


def _stored_columns(con: "duckdb.DuckDBPyConnection") -> dict[str, set[str]]:
    rows = con.execute(
        "SELECT schema_name || '.' || table_name, list(column_name) FROM duckdb_columns() "
        "WHERE database_name = current_database() GROUP BY ALL"
    ).fetchall()
    return {table: set(columns) for table, columns in rows}


def ensure_all(con: "duckdb.DuckDBPyConnection") -> None:
    """Create every raw table (empty) and record table, and add columns new in a contract.

    Runs inside the caller's transaction. Models over data that nobody loaded yet still compile.
    """
    stored = _stored_columns(con)
    for table, dataset in registered().items():
        empty = dataset.contract.create_empty()
        if set(empty.columns) - stored.get(table, set()):
            ensure_table(con, empty, table)
    ops.ensure_tables(con)


def missing(con: "duckdb.DuckDBPyConnection") -> list[str]:
    """Raw tables that a source declares and the lake does not have yet."""
    stored = _stored_columns(con)
    return sorted(set(registered()) - set(stored))


def sample_tables() -> list[str]:
    """Tables that the sample fills; loads of other tables have nothing to do with it."""
    return [dataset.table for dataset in sources.load(SAMPLE).datasets]


def tables_holding(con: "duckdb.DuckDBPyConnection", *, sample: bool) -> list[str]:
    """Raw tables that hold sample rows, or real ones."""
    sign = "=" if sample else "<>"
    # To look into every table costs 0.2 s a part; most lakes never saw the other origin.
    loaded = con.execute(
        f"SELECT DISTINCT table_name FROM ops.ingest_runs WHERE origin {sign} ?", [SAMPLE]
    ).fetchall()
    candidates = [table for table in sample_tables() if (table,) in loaded]
    if not candidates:
        return []
    holds = (f"EXISTS (FROM {lake.quote(t)} WHERE _origin {sign} '{SAMPLE}')" for t in candidates)
    row = con.execute(f"SELECT {', '.join(holds)}").fetchone() or ()
    return [table for table, found in zip(candidates, row, strict=True) if found]


def histories_of(tables: Collection[str]) -> list[str]:
    """Analytics marts of the products that read these tables, also through another product."""
    from ff_analytics.engine.products import registry as products

    reached, found = set(tables), set[str]()
    while True:
        fed = {
            f"analytics.{model.strip('+')}"
            for product in products.loadable()
            if reached & {table for i in product.inputs for table in (i.mart, *i.upstream)}
            for model in product.dbt_models.split()
        }
        if fed <= found:
            return sorted(found)
        found |= fed
        reached |= fed


def clear_sample(con: "duckdb.DuckDBPyConnection") -> list[str]:
    """Delete every sample row and the sample's cursors; return the tables that held some.

    With them goes the history that products made of them: it is all of invented players.
    """
    held = tables_holding(con, sample=True)
    for table in held:
        con.execute(f"DELETE FROM {lake.quote(table)} WHERE _origin = ?", [SAMPLE])
        ops.bump_version(con, table)
    if held:
        # Else a later sample load would find its files unchanged and load nothing.
        con.execute("DELETE FROM ops.cursors WHERE source = ?", [SAMPLE])
        # A mart that is a view over another holds no rows of its own.
        stored = con.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE database_name = current_database()"
        ).fetchall()
        made = [mart for mart in histories_of(sample_tables()) if (mart,) in stored]
        for mart in made:
            con.execute(f"DELETE FROM {lake.quote(mart)}")
        held = [*held, *made]
    return held


def refuse_real(con: "duckdb.DuckDBPyConnection") -> None:
    """Raise `ConfigError` if the lake holds real rows, which the sample must not join."""
    held = tables_holding(con, sample=False)
    if held:
        raise ConfigError(
            f"The lake holds real rows ({', '.join(held)}); the sample league is not mixed with "
            "them. Point FF_DATA_DIR at another folder to try the sample."
        )


def holds_real_rows(settings: "Settings") -> bool:
    """True when real players were loaded, so that the sample league stays out."""
    try:
        refuse_real_early(settings)
    except ConfigError:
        return True
    return False


def refuse_real_early(settings: "Settings") -> None:
    """The same before any work is done; a lake that does not exist yet is fine."""
    try:
        with lake.connect(settings=settings) as con:
            stored = _stored_columns(con)
            if all(table in stored for table in sample_tables()):
                refuse_real(con)
    except LakeMissing:
        return
