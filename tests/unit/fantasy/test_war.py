"""Wins above replacement against the formula written out."""

import polars as pl
import pytest
from scipy.stats import norm

from ff_analytics.domains.fantasy.formulas.value import war
from ff_analytics.domains.fantasy.formulas.weeks.weeks import (
    PlayerWeeks,
    number_players,
    ranked,
    totals,
)
from tests.unit.fantasy.toy import week_rows


def season(*rows: pl.DataFrame) -> tuple[PlayerWeeks, pl.DataFrame]:
    frame = pl.concat(rows).with_columns(order=pl.col("season") * 100 + pl.col("week"))
    weeks = number_players(frame)
    return weeks, ranked(totals(weeks))


WEEKS, PLAYERS = season(
    week_rows("ann", "QB", [30.0, 10.0, 20.0]),
    week_rows("bob", "QB", [12.0, None, 16.0]),
    week_rows("cat", "RB", [8.0, 12.0, None]),
)


def test_a_starters_week_has_the_mean_and_sd_of_the_weeks_played() -> None:
    moments = war.slot_moments(WEEKS, PLAYERS)
    assert moments["position"].to_list() == ["QB", "RB"]
    assert moments["slot_mean"].to_list() == pytest.approx([88 / 5, 10.0])
    # QB deviations from 17.6: 12.4, -7.6, 2.4, -5.6, -1.6; RB: -2, 2.
    assert moments["slot_sd"].to_list() == pytest.approx([(251.2 / 5) ** 0.5, 2.0], abs=1e-6)


def test_the_spread_is_two_teams_less_the_players_own_slot() -> None:
    table = pl.DataFrame({"position": ["QB", "RB"], "starters": [2, 4], "slot_sd": [3.0, 2.0]})
    # Team variance 1 * 9 + 2 * 4 = 17.
    assert war.spreads(table, 2)["war_spread"].to_list() == pytest.approx([25**0.5, 30**0.5])


def test_war_adds_up_win_chances_of_the_weeks_played() -> None:
    valued = PLAYERS.with_columns(slot_mean=15.0, war_spread=20.0, replacement_level=12.0)
    got = dict(war.add_war(valued, WEEKS).select("player_id", "war").iter_rows())

    def week(points: float) -> float:
        return float(norm.cdf((points - 15) / 20) - norm.cdf((12 - 15) / 20))

    assert got["ann"] == pytest.approx(week(30) + week(10) + week(20))
    assert got["bob"] == pytest.approx(week(12) + week(16))
    assert got["cat"] == pytest.approx(week(8) + week(12))


def test_a_replacement_player_is_worth_no_win() -> None:
    weeks, players = season(week_rows("dan", "QB", [12.0, 12.0]))
    valued = players.with_columns(slot_mean=15.0, war_spread=20.0, replacement_level=12.0)
    assert war.add_war(valued, weeks)["war"].to_list() == [0.0]


def test_weeks_without_any_spread_still_have_a_value() -> None:
    table = pl.DataFrame({"position": ["QB"], "starters": [2], "slot_sd": [0.0]})
    assert war.spreads(table, 2)["war_spread"][0] > 0
