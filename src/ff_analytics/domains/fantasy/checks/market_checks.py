"""Check of the market list: does it mean players whom we know?"""

from typing import TYPE_CHECKING

from ff_analytics.engine import lake
from ff_analytics.engine.checks.result import CheckResult, Status

if TYPE_CHECKING:
    import duckdb

TABLE = "raw_market.listings"
ENOUGH = 0.90


def market_matched(con: "duckdb.DuckDBPyConnection", form: str) -> list[CheckResult]:
    """Share of the listed names that were matched, of the provider with the newest values.

    No result without listings: the sample league has values but no list of names.
    """
    if not lake.table_exists(con, TABLE):
        return []
    found = con.execute(
        "SELECT provider, count(*), count(player_id), "
        "list(listed_name ORDER BY value DESC) FILTER (player_id IS NULL)[:10] "
        f"FROM {TABLE} WHERE format = ? GROUP BY provider "
        "ORDER BY provider = 'own' DESC, max(valued_on) DESC, provider LIMIT 1",
        [form],
    ).fetchone()
    if found is None:
        return []
    provider, listed, known, names = found
    share = known / listed
    return [
        CheckResult(
            check="market matched",
            subject=f"{TABLE} {provider} {form}",
            status=Status.OK if share >= ENOUGH else Status.WARN,
            observed=f"{share:.1%} of {listed:,} names",
            expected=f"warn below {ENOUGH:.0%}",
            hint="" if not names else "Not matched, most valuable first: " + ", ".join(names),
        )
    ]
