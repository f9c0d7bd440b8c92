"""Weekly projections on invented games: what may and may not move a forecast."""

from datetime import date
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ff_analytics.domains.fantasy.products.backtest.weekly import (
    OURS,
    RECORD,
    THEIRS,
    weekly_rows,
)
from ff_analytics.domains.fantasy.products.weekly_projections.product import coming_week
from ff_analytics.domains.fantasy.projection.week import features as f
from ff_analytics.domains.fantasy.projection.week.model import fit
from ff_analytics.domains.fantasy.projection.week.project import POINTS, project_week
from ff_analytics.domains.fantasy.projection.week.walk_forward import measure

Frames = dict[str, pl.DataFrame]
TEAMS = ("AAA", "BBB", "CCC", "DDD")
SEASON, WEEK = 2024, 10
PLAYERS = 24
PAIRS = ((("AAA", "BBB"), ("CCC", "DDD")), (("AAA", "CCC"), ("BBB", "DDD")))


def level(number: int) -> float:
    """Points that a player scores on average."""
    return 4.0 + number * 0.6


def schedule() -> list[dict[str, Any]]:
    """Both sides of every game of two seasons; AAA and BBB have a bye in week 10 of the second."""
    rows = []
    for season in (2023, SEASON):
        for week in range(1, 13):
            for home, away in PAIRS[week % 2]:
                if season == SEASON and week == WEEK and "AAA" in (home, away):
                    continue
                for team, opponent, at_home in ((home, away, True), (away, home, False)):
                    played = (season, week) < (SEASON, WEEK)
                    rows.append(
                        {
                            "season": season,
                            "week": week,
                            "gameday": date(season, 9, 1 + week),
                            "team": team,
                            "opponent_team": opponent,
                            "home": at_home,
                            "score": 20 if played else None,
                            "implied_points": 24.0 if team == "BBB" else 20.0,
                        }
                    )
    return rows


def frames(**changes: pl.DataFrame) -> Frames:
    """24 receivers, six a team, with a game each week up to week 12 of the second season."""
    games = schedule()
    noise = np.random.default_rng(7)
    weeks, touches = [], []
    for number in range(PLAYERS):
        team = TEAMS[number % 4]
        for game in (g for g in games if g["team"] == team):
            key = {"player_id": f"P{number:02}", "season": game["season"], "week": game["week"]}
            weeks.append(
                {
                    **key,
                    "position": "WR",
                    "team": team,
                    "opponent_team": game["opponent_team"],
                    "fantasy_points": max(0.1, level(number) + noise.normal(0, 4)),
                    "games_played": 1,
                }
            )
            touches.append({**key, "attempts": None, "carries": 0, "targets": 5 + number % 4})
    ids = [f"P{number:02}" for number in range(PLAYERS)]
    made = {
        f.WEEKS: pl.DataFrame(weeks, schema_overrides={"season": pl.Int32, "week": pl.Int32}),
        f.TOUCHES: pl.DataFrame(
            touches,
            schema_overrides={"season": pl.Int32, "week": pl.Int32, "attempts": pl.Int32},
        ),
        f.TEAM_WEEKS: pl.DataFrame(
            games, schema_overrides={"season": pl.Int32, "week": pl.Int32, "score": pl.Int32}
        ),
        f.RANKINGS: ranking([]),
        f.INJURIES: reports({}),
        f.PLAYERS: pl.DataFrame(
            {
                "player_id": ids,
                "display_name": [f"Player {i}" for i in ids],
                "position": ["WR"] * PLAYERS,
                "current_team": [TEAMS[n % 4] for n in range(PLAYERS)],
                "last_season": [SEASON] * PLAYERS,
            }
        ),
    }
    return made | changes


def ranking(order: list[str], season: int = SEASON, week: int = WEEK) -> pl.DataFrame:
    """A week's list, best first."""
    return pl.DataFrame(
        [
            {
                "player_id": player,
                "season": season,
                "week": week,
                "position": "WR",
                "position_rank": float(place),
                "average": float(place),
            }
            for place, player in enumerate(order, 1)
        ],
        schema={
            "player_id": pl.String,
            "season": pl.Int32,
            "week": pl.Int32,
            "position": pl.String,
            "position_rank": pl.Float64,
            "average": pl.Float64,
        },
    )


def reports(status: dict[str, str]) -> pl.DataFrame:
    """The week's injury report."""
    return pl.DataFrame(
        [
            {"player_id": player, "season": SEASON, "week": WEEK, "report_status": words}
            for player, words in status.items()
        ],
        schema={
            "player_id": pl.String,
            "season": pl.Int32,
            "week": pl.Int32,
            "report_status": pl.String,
        },
    )


def coming(given: Frames) -> Frames:
    """The same before the week is played: no game from it on is known."""
    past = (pl.col("season") < SEASON) | (pl.col("week") < WEEK)
    return given | {f.WEEKS: given[f.WEEKS].filter(past), f.TOUCHES: given[f.TOUCHES].filter(past)}


def row(found: pl.DataFrame, player: str) -> dict[str, Any]:
    return found.row(by_predicate=pl.col("player_id") == player, named=True)


def test_better_players_are_expected_to_score_more_within_an_ordered_range() -> None:
    found = project_week(coming(frames()), SEASON, WEEK)
    playing = found.filter(pl.col("availability") == "expected")
    assert row(found, "P23")["points"] > row(found, "P01")["points"] + 4
    low, middle, high = (playing[name] for name in POINTS[1:])
    assert ((low < middle) & (middle < high)).all()
    assert (playing["evidence"] == "history").all()


def test_nothing_from_the_week_on_moves_a_forecast() -> None:
    given = frames()
    doped = given[f.WEEKS].with_columns(
        fantasy_points=pl.when((pl.col("season") == SEASON) & (pl.col("week") >= WEEK))
        .then(99.0)
        .otherwise(pl.col("fantasy_points"))
    )
    honest = project_week(given, SEASON, WEEK)
    assert_frame_equal(project_week(given | {f.WEEKS: doped}, SEASON, WEEK), honest)
    later = pl.concat([given[f.RANKINGS], ranking(["P00"], week=WEEK + 1)])
    assert_frame_equal(project_week(given | {f.RANKINGS: later}, SEASON, WEEK), honest)


def test_a_bye_and_a_player_reported_out_have_no_points() -> None:
    given = coming(frames(**{f.INJURIES: reports({"P06": "Out", "P10": "Questionable"})}))
    found = project_week(given, SEASON, WEEK)
    bye, out, doubt = (row(found, player) for player in ("P00", "P06", "P10"))
    assert (bye["availability"], bye["opponent_team"], bye["points"]) == ("bye", None, 0.0)
    assert (out["availability"], out["injury_status"], out["points_p90"]) == ("out", "Out", 0.0)
    assert doubt["availability"] == "questionable"
    assert doubt["points"] > 0


def test_a_traded_player_faces_the_opponent_of_his_new_team() -> None:
    given = coming(frames())
    moved = given[f.PLAYERS].with_columns(
        current_team=pl.when(pl.col("player_id") == "P02")
        .then(pl.lit("DDD"))
        .otherwise("current_team")
    )
    before = row(project_week(given, SEASON, WEEK), "P02")
    after = row(project_week(given | {f.PLAYERS: moved}, SEASON, WEEK), "P02")
    assert (before["team"], before["opponent_team"]) == ("CCC", "DDD")
    assert (after["team"], after["opponent_team"]) == ("DDD", "CCC")


def test_teams_that_have_played_this_week_are_left_out_and_a_postponed_game_is_not() -> None:
    given = frames()
    week = (pl.col("season") == SEASON) & (pl.col("week") == WEEK)
    games = given[f.TEAM_WEEKS].with_columns(
        score=pl.when(week & pl.col("team").is_in(["CCC", "DDD"])).then(17).otherwise("score")
    )
    more = games.filter(week).with_columns(
        team=pl.col("team").replace({"CCC": "AAA", "DDD": "EEE"}),
        opponent_team=pl.col("opponent_team").replace({"CCC": "AAA", "DDD": "EEE"}),
        score=pl.lit(None, dtype=pl.Int32),
    )
    found = project_week(coming(given) | {f.TEAM_WEEKS: pl.concat([games, more])}, SEASON, WEEK)
    assert set(found["team"]) == {"AAA", "BBB"}
    assert row(found, "P00")["opponent_team"] == "EEE"


def test_without_schedule_rankings_and_reports_the_record_alone_speaks() -> None:
    given = coming(frames())
    bare = given | {name: given[name].clear() for name in (f.TEAM_WEEKS, f.RANKINGS, f.INJURIES)}
    found = project_week(bare, SEASON, WEEK)
    assert found.height == PLAYERS
    assert set(found["facts_used"]) == {"none"}
    assert found["opponent_team"].is_null().all()
    assert row(found, "P23")["points"] > row(found, "P00")["points"]


def test_a_ranked_newcomer_is_listed_and_an_unranked_one_is_not() -> None:
    given = coming(frames())
    names = pl.DataFrame(
        {
            "player_id": ["N1", "N2"],
            "display_name": ["New One", "New Two"],
            "position": ["WR", "WR"],
            "current_team": ["DDD", "DDD"],
            "last_season": [SEASON, SEASON],
        }
    )
    lists = [
        ranking([f"P{n:02}" for n in range(PLAYERS - 1, -1, -1)], season, week)
        for season in (2023, SEASON)
        for week in range(1, WEEK)
    ]
    today = ranking(["N1", *(f"P{n:02}" for n in range(PLAYERS - 1, -1, -1))])
    given |= {
        f.PLAYERS: pl.concat([given[f.PLAYERS], names]),
        f.RANKINGS: pl.concat([*lists, today]),
    }
    found = project_week(given, SEASON, WEEK)
    new = row(found, "N1")
    assert (new["games_known"], new["ranking"], new["evidence"]) == (0, 1.0, "ranking")
    assert new["points"] > row(found, "P01")["points"]
    assert found.filter(pl.col("player_id") == "N2").is_empty()


def ranked() -> Frames:
    """Every week of both seasons with a list, best first."""
    order = [f"P{n:02}" for n in range(PLAYERS - 1, -1, -1)]
    lists = [
        ranking(order, season, week) for season in (2023, SEASON) for week in range(1, WEEK + 1)
    ]
    return frames(**{f.RANKINGS: pl.concat(lists)})


def test_the_back_test_stands_beside_the_rankings_on_the_same_weeks() -> None:
    (cell,) = measure(ranked(), [SEASON])
    assert (cell.position, cell.players) == ("WR", PLAYERS)
    assert 0.6 < cell.coverage < 0.95
    assert cell.ours < cell.record * 1.1


def test_the_record_has_each_season_and_all_of_them_and_none_without_rankings() -> None:
    found = weekly_rows(ranked(), 2023, SEASON)
    assert set(found["season"]) == {0, SEASON}
    errors = found.filter(measure="weekly_mae", season=0)
    assert set(errors["model"]) == {OURS, THEIRS, RECORD}
    assert errors["value"].is_between(1, 8).all()
    assert weekly_rows(frames(), 2023, SEASON).is_empty()


def test_a_season_opens_with_all_of_the_one_before_but_those_who_retired() -> None:
    past = pl.col("season") < SEASON
    early = past & ((pl.col("player_id") != "P03") | (pl.col("week") < 5))
    given = frames()
    given |= {f.WEEKS: given[f.WEEKS].filter(early), f.TOUCHES: given[f.TOUCHES].filter(early)}
    given[f.PLAYERS] = given[f.PLAYERS].with_columns(
        last_season=pl.when(pl.col("player_id") == "P07").then(SEASON - 1).otherwise("last_season")
    )
    found = set(project_week(given, SEASON, 1)["player_id"])
    assert "P03" in found, "out since week 5"
    assert "P07" not in found, "retired"
    stale = given[f.PLAYERS].with_columns(last_season=pl.lit(SEASON - 1))
    assert "P07" in set(project_week(given | {f.PLAYERS: stale}, SEASON, 1)["player_id"])


def test_a_position_that_the_league_does_not_score_is_left_out() -> None:
    given = frames()
    nothing = given[f.WEEKS].with_columns(fantasy_points=pl.lit(0.0))
    assert project_week(given | {f.WEEKS: nothing}, SEASON, WEEK).is_empty()


@pytest.mark.parametrize(
    ("today", "coming"),
    [("2024-11-05", (2024, 10)), ("2024-11-12", (2024, 11)), ("2025-02-01", (2024, 9))],
)
def test_the_coming_week_is_that_of_the_next_game_and_a_postponed_one_holds_nothing_up(
    today: str, coming: tuple[int, int]
) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA raw_nflverse")
        con.execute(
            "CREATE TABLE raw_nflverse.player_week AS "
            "SELECT 2024 AS season, 9 AS week, 'REG' AS season_type"
        )
        con.execute(
            "CREATE TABLE raw_nflverse.schedules AS SELECT * FROM (VALUES "
            "(2024, 8, 'REG', NULL, DATE '2024-10-27'), (2024, 9, 'REG', 20, DATE '2024-11-03'), "
            "(2024, 10, 'REG', NULL, DATE '2024-11-10'), (2024, 11, 'REG', NULL, DATE '2024-11-17')"
            ") AS t(season, week, game_type, home_score, gameday)"
        )
        assert coming_week(con, today) == coming


@pytest.mark.parametrize("quantile", [0.1, 0.9])
def test_the_range_holds_eight_of_ten_games_like_those_it_was_fitted_on(quantile: float) -> None:
    noise = np.random.default_rng(3)
    x = noise.uniform(0, 10, (4000, 1))
    y = 2 * x[:, 0] + noise.normal(0, 1 + x[:, 0], 4000)
    made = fit(x[:2000], y[:2000]).forecast(x[2000:])
    edge = made.low if quantile < 0.5 else made.high
    assert np.mean(y[2000:] < edge) == pytest.approx(quantile, abs=0.03)
    # The spread grows with the expected points.
    wide = made.high - made.low
    assert wide[x[2000:, 0] > 8].mean() > 2 * wide[x[2000:, 0] < 2].mean()
