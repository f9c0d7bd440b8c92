"""Invented sample rows never join real ones in a table.

The first real load of a domain's sample tables removes the sample; a sample load over real
rows is refused.
"""

from typing import TYPE_CHECKING

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError, LakeMissing
from ff_analytics.engine.ingest.tables import stored_columns
from ff_analytics.engine.lake import ops
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.domain import Domain, sample_domains

if TYPE_CHECKING:
    import duckdb

    from ff_analytics.engine.base.settings import Settings


def _tables(domain: Domain) -> list[str]:
    """Tables that the domain's sample fills; loads of other tables do not concern it."""
    return [dataset.table for dataset in sources.load(domain.sample or "").datasets]


def _holding(con: "duckdb.DuckDBPyConnection", domain: Domain, *, invented: bool) -> list[str]:
    """Tables of the domain's sample that hold invented rows, or real ones."""
    sign = "=" if invented else "<>"
    # Looking into every table costs 0.2 s a part; most lakes never saw the other origin.
    loaded = con.execute(
        f"SELECT DISTINCT table_name FROM ops.ingest_runs WHERE origin {sign} ?", [domain.sample]
    ).fetchall()
    candidates = [table for table in _tables(domain) if (table,) in loaded]
    if not candidates:
        return []
    holds = (f"EXISTS (FROM {lake.quote(t)} WHERE _origin {sign} ?)" for t in candidates)
    asked = [domain.sample] * len(candidates)
    row = con.execute(f"SELECT {', '.join(holds)}", asked).fetchone() or ()
    return [table for table, found in zip(candidates, row, strict=True) if found]


def _clear(con: "duckdb.DuckDBPyConnection", domain: Domain) -> list[str]:
    held = _holding(con, domain, invented=True)
    for table in held:
        con.execute(f"DELETE FROM {lake.quote(table)} WHERE _origin = ?", [domain.sample])
        ops.bump_version(con, table)
    if not held:
        return []
    # Else a later sample load would find its files unchanged and load nothing.
    con.execute("DELETE FROM ops.cursors WHERE source = ?", [domain.sample])
    # A mart that is a view over another holds no rows of its own.
    stored = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
        "WHERE database_name = current_database()"
    ).fetchall()
    histories = domain.histories(_tables(domain)) if domain.histories else []
    made = [mart for mart in histories if (mart,) in stored]
    for mart in made:
        con.execute(f"DELETE FROM {lake.quote(mart)}")
    return [*held, *made]


def give_way(con: "duckdb.DuckDBPyConnection", table: str, origin: str) -> list[str]:
    """Before rows of `origin` enter `table`: remove the sample if they are real.

    Returns the tables and histories that lost sample rows. Raises `ConfigError` for sample rows
    when the domain's tables hold real ones.
    """
    cleared: list[str] = []
    for domain in sample_domains():
        if origin == domain.sample:
            _refuse_real(con, domain)
        elif table in _tables(domain):
            cleared += _clear(con, domain)
    return cleared


def _refuse_real(con: "duckdb.DuckDBPyConnection", domain: Domain) -> None:
    held = _holding(con, domain, invented=False)
    if held:
        raise ConfigError(
            f"The lake holds real rows ({', '.join(held)}); the sample is not mixed with "
            "them. Point FF_DATA_DIR at another folder to try the sample."
        )


def holds_real_rows(settings: "Settings") -> bool:
    """True when real rows were loaded, so that the sample stays out."""
    try:
        refuse_real_early(settings)
    except ConfigError:
        return True
    return False


def refuse_real_early(settings: "Settings") -> None:
    """Raise `ConfigError` before any work if real rows are there; a missing lake is fine."""
    try:
        with lake.connect(settings=settings) as con:
            stored = stored_columns(con)
            for domain in sample_domains():
                if all(table in stored for table in _tables(domain)):
                    _refuse_real(con, domain)
    except LakeMissing:
        return
