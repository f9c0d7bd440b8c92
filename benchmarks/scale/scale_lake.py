"""Build a lake whose marts have N rows, all of them in the season and league that is valued.

`python -m benchmarks.scale.scale_lake ROWS`, into FF_DATA_DIR. Rows are generated in SQL,
directly into the tables: later a run is measured, not a load. Every seventeen rows are a player.
"""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.league.sync import sync_leagues
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.ingest import tables
from ff_analytics.engine.lake import ops
from ff_analytics.engine.products.run import start
from ff_analytics.engine.products.stages.load_mart import fingerprints

if TYPE_CHECKING:
    import duckdb

WEEKS = 17
# Its regular season has seventeen weeks, which the input checks know.
SEASON = 2019
LEAGUE = "dynasty_half_ppr"
_MOST_CONTRACTS = 400
_WHO = lake.Provenance(author="benchmark", message="synthetic mart")

# Talent (points per week) and a week's luck, from hashes so that every build is the same.
_WEEKLY = """
SELECT
    '00-' || lpad(player::VARCHAR, 7, '0') AS player_id,
    week::INTEGER AS week,
    list_extract(['QB', 'RB', 'WR', 'WR', 'RB', 'TE', 'K', 'DL', 'LB', 'DB', 'DB', 'WR'],
        (player % 12 + 1)::INTEGER) AS position,
    (hash(player) % 1000 / 1000.0) ** 4 * 24 AS talent,
    (hash(player, week) % 1000 / 500.0) AS luck,
    (hash(week, player) % 5 > 0)::INTEGER AS games_played,
    player
FROM (SELECT i // {weeks} AS player, i % {weeks} + 1 AS week FROM range({rows}) r(i))
"""
_POINTS = "round(talent * luck * games_played, 2)"


def _mart(rows: int) -> str:
    stats = ", ".join(
        f"round({_POINTS} * {i % 7}, 0)::DOUBLE AS {name}" if i % 8 == 0 else f"0.0 AS {name}"
        for i, name in enumerate(CATEGORIES)
    )
    return f"""
        SELECT '{LEAGUE}' AS league, player_id,
            {SEASON} AS season, week, 'REG' AS season_type, position, position AS nfl_position,
            'Player ' || player AS display_name, 'T' || (player % 32) AS current_team,
            'T' || (player % 32) AS team, 'T' || ((player + 1) % 32) AS opponent_team,
            DATE '1992-01-01' + (player % 5000)::INTEGER AS birth_date, {stats},
            games_played, games_played = 1 AS had_opportunity,
            {_POINTS}::DOUBLE AS fantasy_points,
            {_POINTS}::DOUBLE AS provider_fantasy_points_ppr
        FROM ({_WEEKLY.format(rows=rows, weeks=WEEKS)}) ORDER BY season, week, player_id"""


def _raw(rows: int) -> str:
    return f"""
        SELECT player_id, 'Player ' || player AS player_display_name, position,
            'T' || (player % 32) AS team, {SEASON}::INTEGER AS season, week,
            'REG' AS season_type, least(25, {_POINTS}) AS receptions,
            {_POINTS} * 4 AS receiving_yards, {_POINTS} AS fantasy_points_ppr, 'sample' AS _origin
        FROM ({_WEEKLY.format(rows=rows, weeks=WEEKS)}) ORDER BY season, week, player_id"""


def _fill(con: "duckdb.DuckDBPyConnection", rows: int) -> None:
    players = -(-rows // WEEKS)
    con.execute(f"INSERT INTO raw_nflverse.player_week BY NAME {_raw(rows)}")
    con.execute(
        "INSERT INTO raw_nflverse.players BY NAME SELECT '00-' || lpad(i::VARCHAR, 7, '0') AS "
        f"gsis_id, 'Player ' || i AS display_name, 'sample' AS _origin FROM range({players}) r(i)"
    )
    for table in ("raw_nflverse.player_week", "raw_nflverse.players"):
        ops.bump_version(con, table)
        ops.append(
            con,
            "ops.ingest_runs",
            run_id="benchmark",
            source="sample",
            table_name=table,
            origin="sample",
            part=str(SEASON),
            finished_at=datetime.now(UTC),
            rows_fetched=rows,
            total_rows=rows,
        )
    con.execute("CREATE SCHEMA marts")
    con.execute(f"CREATE TABLE marts.mrt_fantasy_actuals_weekly AS {_mart(rows)}")
    con.execute(
        "CREATE TABLE marts.mrt_contract_current AS SELECT "
        f"'{LEAGUE}' AS league, '00-' || lpad(i::VARCHAR, 7, '0') AS player_id, "
        f"'F' || (i % 12) AS franchise, {SEASON} AS season, (1 + i % 40)::DOUBLE AS salary, "
        f"'veteran' AS contract_type FROM range({min(players, _MOST_CONTRACTS)}) r(i)"
    )
    con.execute(
        "CREATE TABLE marts.mrt_market_value_current AS SELECT '1qb' AS format, "
        "'00-' || lpad(i::VARCHAR, 7, '0') AS player_id, (10000 - i)::DOUBLE AS value, "
        f"DATE '{SEASON}-09-01' AS valued_on, 'benchmark' AS provider "
        f"FROM range({min(players, _MOST_CONTRACTS)}) r(i)"
    )


def build(rows: int) -> None:
    """Raw tables, marts, and the records that mark the marts as current."""
    settings = get_settings()
    lake.commit(_WHO, tables.ensure_all, settings=settings)
    lake.commit(_WHO, lambda con: _fill(con, rows), settings=settings)
    sync_leagues(settings)
    with lake.connect(settings=settings) as con:
        made_of = fingerprints(start("valuation", {"league": LEAGUE}), con)

    def note(con: "duckdb.DuckDBPyConnection") -> None:
        for model, fingerprint in made_of.items():
            key = {"model": model}
            ops.replace(
                con, "ops.mart_builds", key, fingerprint=fingerprint, built_at=datetime.now(UTC)
            )

    lake.commit(_WHO, note, settings=settings)


if __name__ == "__main__":
    build(int(sys.argv[1]))
