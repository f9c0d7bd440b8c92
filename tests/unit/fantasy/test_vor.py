"""Value over replacement, drop-off, slope and scarcity."""

import numpy as np
import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.value.vor import (
    add_vor,
    dropoff,
    scarcity_adjustment,
    slope,
)
from tests.unit.fantasy.toy import players

POINTS = np.array([100.0, 90.0, 60.0, 50.0])


def test_drop_off_is_the_distance_to_the_mean_of_the_next_players() -> None:
    # 100 - (90 + 60) / 2, 90 - (60 + 50) / 2, 60 - 50, nobody left.
    assert dropoff(POINTS, 2)[:3].tolist() == [25.0, 35.0, 10.0]
    assert np.isnan(dropoff(POINTS, 2)[3])


def test_slope_is_points_per_rank_over_the_next_ranks() -> None:
    assert slope(POINTS, 2)[:3].tolist() == [-20.0, -20.0, -10.0]
    assert np.isnan(slope(POINTS, 2)[3])


def valued() -> pl.DataFrame:
    frame = players(QB=[300, 280, 260], RB=[250, 150, 100])
    levels = {"QB": 280.0, "RB": 150.0}
    return add_vor(
        frame.with_columns(
            replacement_points=pl.col("position").replace_strict(levels),
            waiver_points=pl.col("position").replace_strict({"QB": 260.0, "RB": 100.0}),
            starters=2,
        ),
        window=5,
    )


def test_vor_is_points_above_the_replacement_player() -> None:
    frame = valued()
    assert frame["vor"].to_list() == [20, 0, -20, 100, 0, -50]
    assert frame["vorp"].to_list() == [40, 20, 0, 150, 50, 0]


def test_overall_rank_goes_by_vor_then_points_then_id() -> None:
    ranks = dict(valued().select("player_id", "overall_rank").iter_rows())
    assert ranks == {"RB001": 1, "QB001": 2, "QB002": 3, "RB002": 4, "QB003": 5, "RB003": 6}


def test_scarcity_compares_the_starters_lead_with_the_average_position() -> None:
    # Mean lead of starters: QB (20 + 0) / 2 = 10, RB (100 + 0) / 2 = 50, average 30.
    got = dict(scarcity_adjustment(valued()).iter_rows())
    assert got == pytest.approx({"QB": 10 / 30, "RB": 50 / 30})


def test_scarcity_is_neutral_when_nobody_leads() -> None:
    flat = valued().with_columns(vor=pl.lit(0.0))
    assert set(scarcity_adjustment(flat)["positional_scarcity_adjustment"]) == {1.0}
