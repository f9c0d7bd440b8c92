"""ingest-check rule of the valuation: the season asked for is in the lake."""

from typing import TYPE_CHECKING

from ff_analytics.engine import lake
from ff_analytics.engine.checks.result import CheckResult, Status

if TYPE_CHECKING:
    import duckdb

TABLE = "raw_nflverse.player_week"


def season_is_loaded(con: "duckdb.DuckDBPyConnection", season: int | None) -> list[CheckResult]:
    """One error naming the seasons that exist; nothing for a loaded or an unnamed season."""
    if season is None or not lake.table_exists(con, TABLE):
        return []
    found = con.execute(
        f"SELECT DISTINCT season FROM {TABLE} WHERE season_type = 'REG' ORDER BY season"
    ).fetchall()
    seasons = [int(row[0]) for row in found]
    if season in seasons:
        return []
    return [
        CheckResult(
            check="season",
            subject=TABLE,
            status=Status.ERROR,
            observed=f"season {season} is not loaded",
            expected=f"one of {', '.join(map(str, seasons)) or 'no season yet'}",
            hint=f"Choose one of these, or load {season} with ingest/nflverse.",
        )
    ]
