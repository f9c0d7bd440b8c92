"""Which season counts as the latest, and what is said of a newer one."""

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest

from ff_analytics.domains.fantasy.checks.checks import newer_season, settle_season
from ff_analytics.domains.fantasy.checks.played import Played, choose, of_history, of_lake
from ff_analytics.domains.fantasy.products.valuation.product import ValuationParams
from ff_analytics.engine.checks.result import Status

FULL = Played(2026, weeks=18, teams=32, rows=340)
NFL = [f"T{i}" for i in range(32)]


@pytest.mark.parametrize(
    ("newer", "chosen", "lacks"),
    [
        (Played(2027, weeks=4, teams=32, rows=330), 2027, ""),
        (Played(2027, weeks=4, teams=29, rows=171), 2027, ""),
        (Played(2027, weeks=3, teams=32, rows=330), 2026, "3 of 4 weeks"),
        (Played(2027, weeks=9, teams=2, rows=330), 2026, "2 of 32 teams"),
        (Played(2027, weeks=9, teams=32, rows=57), 2026, "57 rows a week after 340"),
        (Played(2027, weeks=0, teams=2, rows=57), 2026, "0 of 4 weeks, 2 of 32 teams, 57 rows"),
    ],
)
def test_weeks_and_teams_and_rows_decide(newer: Played, chosen: int, lacks: str) -> None:
    choice = choose([newer, FULL], 4)
    assert choice is not None
    assert choice.season == chosen
    assert bool(choice.held_back) == bool(lacks)
    assert all(why.startswith(lacks) for _, why in choice.held_back)


def test_without_a_season_far_enough_the_one_with_most_weeks_counts() -> None:
    choice = choose([Played(2026, 2, 32, 340), Played(2027, 1, 2, 57)], 4)
    assert choice is not None
    assert choice.season == 2026
    assert choose([], 4) is None


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in the lake's place with a whole season 2026."""
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS lake")
        connection.execute("USE lake")
        connection.execute("CREATE SCHEMA raw_nflverse")
        connection.execute(
            "CREATE TABLE raw_nflverse.player_week "
            "(season INT, week INT, team VARCHAR, season_type VARCHAR)"
        )
        play(connection, 2026, range(1, 19), NFL)
        yield connection


def play(
    con: duckdb.DuckDBPyConnection, season: int, weeks: range, teams: list[str], kind: str = "REG"
) -> None:
    """Ten players per team and week."""
    con.execute(
        "INSERT INTO raw_nflverse.player_week SELECT ?, week, team, ? FROM "
        "(SELECT unnest(?) AS week), (SELECT unnest(?) AS team), range(10)",
        [season, kind, list(weeks), teams],
    )


def test_one_game_is_not_a_week(con: duckdb.DuckDBPyConnection) -> None:
    play(con, 2027, range(1, 2), NFL[:2])
    assert of_lake(con) == [Played(2026, 18, 32, 320), Played(2027, 0, 2, 20)]
    assert settle_season(con, ValuationParams(), 4).season == 2026


def test_the_new_season_counts_once_enough_is_played(con: duckdb.DuckDBPyConnection) -> None:
    play(con, 2027, range(1, 4), NFL)
    assert settle_season(con, ValuationParams(), 4).season == 2026
    play(con, 2027, range(4, 5), NFL[:26])
    assert settle_season(con, ValuationParams(), 4).season == 2027


def test_a_season_that_is_asked_for_is_taken(con: duckdb.DuckDBPyConnection) -> None:
    play(con, 2027, range(1, 2), NFL[:2])
    assert settle_season(con, ValuationParams(season=2027), 4).season == 2027


def test_play_offs_do_not_count(con: duckdb.DuckDBPyConnection) -> None:
    play(con, 2027, range(1, 9), NFL, kind="POST")
    assert [played.season for played in of_lake(con)] == [2026]


@pytest.mark.parametrize(
    ("today", "status"), [(date(2027, 9, 20), Status.OK), (date(2027, 11, 20), Status.WARN)]
)
def test_a_newer_season_is_named_and_warned_of_once_it_is_overdue(
    con: duckdb.DuckDBPyConnection, today: date, status: Status
) -> None:
    assert newer_season(con, ValuationParams(season=2026), 4, today) == []
    play(con, 2027, range(1, 2), NFL[:2])
    (result,) = newer_season(con, ValuationParams(season=2026), 4, today)
    assert result.status is status
    assert "season 2027 has 0 of 4 weeks, 2 of 32 teams" in result.observed
    assert "2026 is used" in result.observed


def test_seasons_of_players_are_measured_alike() -> None:
    rows = pl.DataFrame(
        {
            "season": [2026, 2026, 2027],
            "weeks": [18, 18, 9],
            "team": ["KC", "LV", "KC"],
            "games": [18, 9, 1],
        }
    )
    found = sorted(of_history(rows), key=lambda played: played.season)
    assert found == [Played(2026, 18, 2, 1.5), Played(2027, 9, 1, 1 / 9)]
