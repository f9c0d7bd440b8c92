"""Totals and windows of player-weeks."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ff_analytics.domains.fantasy.formulas.value.options import Basis
from ff_analytics.domains.fantasy.formulas.weeks.weeks import number_players, ranked, totals
from ff_analytics.domains.fantasy.products.valuation.basis import Window, window
from ff_analytics.engine.base.errors import BrokenInput, ConfigError
from tests.unit.fantasy.toy import WEEKLY, week_rows


def view(weekly: pl.DataFrame, **options: object) -> Window:
    plain = {"season": None, "basis": Basis.SEASON, "trailing_weeks": 17, "last_week": 17}
    return window(weekly, **(plain | options))  # type: ignore[arg-type]


TWO_SEASONS = pl.concat(
    [
        week_rows("ann", "QB", [10.0, 20.0, None], season=2019, team="GB"),
        week_rows("ann", "QB", [30.0, 1.0, 2.0], season=2020, team="KC"),
        week_rows("bob", "RB", [5.0], season=2019),
    ]
)


def test_the_latest_season_is_the_default() -> None:
    span = view(TWO_SEASONS)
    frame = totals(span.weeks)
    assert (span.season, span.length) == (2020, 3)
    assert frame.select("player_id", "points", "games", "team").rows() == [("ann", 33.0, 3, "KC")]


def test_a_trailing_window_crosses_seasons() -> None:
    span = view(TWO_SEASONS, basis=Basis.TRAILING, trailing_weeks=5)
    assert (span.season, span.length) == (2020, 5)
    assert totals(span.weeks)["points"].to_list() == [53.0]
    long = view(TWO_SEASONS, basis=Basis.TRAILING, trailing_weeks=40)
    assert long.length == 6
    past = view(TWO_SEASONS, basis=Basis.TRAILING, trailing_weeks=2, season=2019)
    assert totals(past.weeks)["points"].to_list() == [20.0]


def test_weeks_after_the_leagues_last_are_left_out() -> None:
    assert totals(view(TWO_SEASONS, last_week=1).weeks)["points"].to_list() == [30.0]


def test_an_unknown_season_lists_those_that_exist() -> None:
    with pytest.raises(ConfigError, match="Seasons there: 2019, 2020"):
        view(TWO_SEASONS, season=2010)


def test_a_league_without_a_game_is_broken_input() -> None:
    with pytest.raises(BrokenInput, match="no regular-season game"):
        view(pl.DataFrame(schema=WEEKLY))
    with pytest.raises(BrokenInput, match="no regular-season game"):
        view(week_rows("ann", "QB", [None]))


def test_players_without_a_game_are_not_valued() -> None:
    rows = pl.concat([week_rows("ann", "QB", [5.0]), week_rows("bob", "QB", [None, None])])
    assert totals(view(rows).weeks)["player_id"].to_list() == ["ann"]


def test_equal_seasons_tie_and_go_by_id() -> None:
    # 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ in the last bit.
    rows = [week_rows("zoe", "QB", [0.1, 0.2, 0.3]), week_rows("ann", "QB", [0.3, 0.2, 0.1])]
    frame = ranked(totals(view(pl.concat(rows)).weeks))
    assert frame["player_id"].to_list() == ["ann", "zoe"]
    assert frame["position_rank"].to_list() == [1, 2]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(-400, 6000), st.booleans()),
        min_size=1,
        max_size=60,
    )
)
def test_sums_and_quantiles_equal_those_of_a_plain_group_by(
    rows: list[tuple[str, int, bool]],
) -> None:
    frame = pl.concat(
        week_rows(player, "QB", [points / 100 if played else None])
        for player, points, played in rows
    ).with_columns(order=pl.lit(202001, dtype=pl.Int32))
    got = totals(number_players(frame)).sort("player_id")
    points = pl.col("fantasy_points").filter(pl.col("games_played") > 0)
    expected = (
        frame.group_by("player_id")
        .agg(
            pl.col("fantasy_points").sum().alias("points"),
            points.len().alias("games"),
            points.std().alias("weekly_sd"),
            *[points.quantile(q / 100, "linear").alias(f"own_p{q}") for q in (10, 50, 90)],
        )
        .filter(pl.col("games") > 0)
        .sort("player_id")
    )
    for column in ("points", "games", "weekly_sd", "own_p10", "own_p50", "own_p90"):
        left, right = (f[column].cast(pl.Float64).fill_null(-1.0) for f in (got, expected))
        assert np.allclose(left, right, atol=1e-5)
