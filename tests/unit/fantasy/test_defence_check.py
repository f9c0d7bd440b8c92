"""ingest-check: the score of every game of a team defence; clubs by any code."""

import re
from types import SimpleNamespace

import duckdb
import polars as pl
import pytest

from ff_analytics.domains.fantasy.checks.defence_check import points_allowed_known
from ff_analytics.domains.fantasy.players.names import TEAM_CODES, defence_id
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.checks.result import CheckResult, Status


def check(games: list[tuple[int, str, str, int | None]], category: str) -> list[CheckResult]:
    """Of a season in which OAK and KC played two weeks, with these games in the schedule."""
    con = duckdb.connect()
    con.execute("ATTACH ':memory:' AS lake; USE lake; CREATE SCHEMA raw_nflverse")
    con.execute(
        "CREATE TABLE raw_nflverse.player_week AS SELECT 2019 AS season, week, 'REG' AS "
        "season_type, team, 1 AS def_tackles_solo, NULL AS def_tackles_with_assist "
        "FROM (VALUES (1), (2)) w(week), (VALUES ('OAK'), ('KC')) t(team)"
    )
    schedule = pl.DataFrame(
        [(2019, *game, game[-1]) for game in games],
        schema=["season", "week", "home_team", "away_team", "home_score", "away_score"],
        orient="row",
    )
    con.register("schedule", schedule)
    con.execute("CREATE TABLE raw_nflverse.schedules AS FROM schedule")
    profile = SimpleNamespace(scoring={category: 1.0})
    return points_allowed_known(con, SimpleNamespace(season=2019, profile=profile))


def test_games_without_a_final_score_are_named() -> None:
    (known,) = check([(1, "LV", "KC", 20), (2, "KC", "LV", 3)], "dst_points_allowed_0")
    assert known.status is Status.OK
    (lacking,) = check([(1, "LV", "KC", 20), (2, "KC", "LV", None)], "dst_points_allowed_0")
    assert lacking.status is Status.WARN
    assert lacking.observed.startswith("2 of 4 games of a team defence have no final score: week 2")
    assert "ingest/nflverse" in lacking.hint


def test_a_league_that_scores_no_points_allowed_is_not_asked() -> None:
    assert check([], "dst_sacks") == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [("DST-LAR", "DST-LA"), ("dst-jac", "DST-JAX"), ("OAK", "DST-LV"), ("DST-XYZ", None)],
)
def test_defences_are_those_of_the_32_clubs(code: str, expected: str | None) -> None:
    assert defence_id(code) == expected


def test_the_models_know_the_same_codes() -> None:
    macro = (PROJECT_ROOT / "dbt" / "macros" / "franchise_code.sql").read_text()
    assert dict(re.findall(r"'([A-Z]+)': '([A-Z]+)'", macro)) == TEAM_CODES
