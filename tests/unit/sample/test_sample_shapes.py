"""What is planted can be found again: weeks, games, ages, and totals as a manager knows them."""

import numpy as np
import polars as pl
import pytest

from ff_analytics.domains.fantasy.sources.sample.generator import (
    AGE_CURVES,
    GAMES_SHARE,
    WEEKLY_RATIOS,
)

from .conftest import League


def weekly_ratios(league: League) -> pl.DataFrame:
    """Weeks of useful players with at least ten games, divided by the player's own mean."""
    chance = pl.sum_horizontal("attempts", "carries", "targets", "sacks_suffered") > 0
    points, mine = pl.col("fantasy_points_ppr"), ["player_id", "season"]
    weeks = league.weeks.filter(pl.col("season_type") == "REG", chance).sort(*mine, "week")
    return weeks.filter((pl.len() >= 10).over(mine), points.mean().over(mine) >= 8).with_columns(
        ratio=points / points.mean().over(mine)
    )


@pytest.mark.parametrize("position", list(WEEKLY_RATIOS))
def test_weeks_spread_as_measured(league: League, position: str) -> None:
    ratio = weekly_ratios(league).filter(pl.col("position") == position)["ratio"]
    found = [ratio.quantile(q) for q in (0.1, 0.5, 0.9)]
    assert found == pytest.approx(WEEKLY_RATIOS[position], abs=0.1)


@pytest.mark.parametrize("position", list(WEEKLY_RATIOS))
def test_a_week_says_nothing_about_the_next(league: League, position: str) -> None:
    weeks = weekly_ratios(league).filter(pl.col("position") == position)
    before = pl.col("ratio").shift(1).over("player_id", "season")
    pairs = weeks.with_columns(before=before).drop_nulls("before")
    # The mean contains both weeks: that alone makes independent weeks correlate by -1/games.
    assert pairs.select(pl.corr("ratio", "before")).item() == pytest.approx(-0.06, abs=0.1)


def test_receivers_rise_with_their_passer(league: League) -> None:
    own = pl.col("fantasy_points_ppr")
    weeks = league.weeks.filter(pl.col("season_type") == "REG").with_columns(
        off=own - own.mean().over("player_id", "season")
    )
    passers = weeks.filter(pl.col("attempts") > 0).select("season", "week", "team", passer="off")
    usual = pl.col("targets").sum().over("player_id", "season")
    first = weeks.filter(pl.col("position") == "WR").filter(
        usual == usual.max().over("season", "team")
    )
    found = first.join(passers, on=["season", "week", "team"]).select(pl.corr("off", "passer"))
    assert 0.25 < found.item() < 0.55


@pytest.mark.parametrize(
    ("position", "top", "tolerance"), [("QB", 36, 0.1), ("RB", 72, 0.1), ("WR", 96, 0.08)]
)
def test_share_of_games_next_season(
    seasons: pl.DataFrame, position: str, top: int, tolerance: float
) -> None:
    matters = seasons.filter(
        pl.col("position") == position, pl.col("rank") <= top, pl.col("season") < 2025
    )
    after = seasons.select("player_id", pl.col("season") - 1, after="games")
    share = matters.join(after, on=["player_id", "season"], how="left").with_columns(
        share=pl.col("after").fill_null(0) / 17
    )
    young = share.filter(pl.col("age").is_between(24, 26))["share"].mean()
    assert young == pytest.approx(GAMES_SHARE[position][1][1], abs=tolerance)


def aging(seasons: pl.DataFrame, position: str, first: int, last: int) -> tuple[float, float]:
    """Delta method over target ages first..last: ratio of PPG found, and the one planted."""
    after = seasons.select(
        "player_id", pl.col("season") - 1, after="ppg", later="games", target="age"
    )
    pairs = seasons.join(after, on=["player_id", "season"]).filter(
        pl.col("position") == position,
        pl.col("target").is_between(first, last),
        (pl.col("games") >= 6) & (pl.col("later") >= 6) & (pl.col("ppg") >= 4),
    )
    weight = (1 / (1 / pairs["games"] + 1 / pairs["later"])).to_numpy()
    base = weight * pairs["ppg"].to_numpy()
    curve = AGE_CURVES[position]
    planted = np.interp(pairs["target"].to_numpy(), list(curve), list(curve.values()))
    found = float((weight * pairs["after"].to_numpy()).sum() / base.sum())
    return found, float((planted * base).sum() / base.sum())


@pytest.mark.parametrize("position", ["RB", "WR", "TE"])
def test_age_curves_can_be_recovered(seasons: pl.DataFrame, position: str) -> None:
    bands = [aging(seasons, position, *ages) for ages in ((20, 23), (24, 26), (27, 40))]
    for found, planted in bands:
        assert found == pytest.approx(planted, abs=0.12)
    assert bands[0][0] > bands[2][0] + 0.05


def test_backs_age_faster_than_passers(seasons: pl.DataFrame) -> None:
    assert aging(seasons, "RB", 26, 40)[0] < aging(seasons, "QB", 26, 40)[0] - 0.05


@pytest.mark.parametrize(
    ("position", "rank", "low", "high"),
    [
        ("QB", 1, 320, 450),
        ("QB", 12, 220, 290),
        ("RB", 1, 300, 420),
        ("RB", 24, 150, 210),
        ("WR", 1, 290, 400),
        ("WR", 36, 150, 200),
        ("TE", 1, 200, 290),
        ("TE", 12, 115, 175),
    ],
)
def test_totals_look_like_football(
    seasons: pl.DataFrame, position: str, rank: int, low: float, high: float
) -> None:
    mine = seasons.filter(pl.col("position") == position, pl.col("rank") == rank)
    assert low < mine["points"].mean() < high


def test_best_kicker_is_a_kicker(seasons: pl.DataFrame) -> None:
    best = seasons.filter(pl.col("position") == "K").group_by("season").agg(pl.col("kicks").max())
    assert 120 < best["kicks"].mean() < 175
