"""Tiers are contiguous in rank and do not depend on row order or units."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ff_analytics.domains.fantasy.formulas.value.mixture import mixture_tiers
from ff_analytics.domains.fantasy.formulas.value.tiers import add_tiers, dense, dropoff_tiers
from tests.unit.fantasy.toy import players

POINTS = st.lists(st.integers(0, 4000), min_size=1, max_size=40).map(
    lambda values: np.sort(np.array(values, dtype=float) / 10)[::-1].copy()
)


def test_a_tier_ends_where_the_drop_reaches_its_width() -> None:
    points = np.array([400.0, 371.0, 370.0, 345.0, 250.0])
    assert dropoff_tiers(points, 30).tolist() == [1, 1, 2, 2, 3]


def test_no_spread_is_one_tier() -> None:
    assert dropoff_tiers(np.array([5.0, 4.0]), 0).tolist() == [1, 1]
    assert mixture_tiers(np.full(20, 7.0), 1).tolist() == [0] * 20
    assert mixture_tiers(np.array([3.0, 2.0]), 1).tolist() == [0, 0]


def test_the_mixture_finds_planted_groups() -> None:
    random = np.random.default_rng(0)
    groups = [random.normal(mean, 5, size) for mean, size in ((350, 5), (270, 10), (150, 25))]
    labels = mixture_tiers(np.sort(np.concatenate(groups))[::-1], seed=1)
    assert labels.tolist() == [0] * 5 + [1] * 10 + [2] * 25


@settings(max_examples=60)
@given(POINTS, st.sampled_from([0.5, 3.0, 10.0]), st.integers(-200, 200))
def test_tiers_survive_another_unit_of_points(points: np.ndarray, scale: float, shift: int) -> None:
    other = points * scale + shift
    assert (dropoff_tiers(points, 25.0) == dropoff_tiers(other, 25.0 * scale)).all()
    assert (mixture_tiers(points, 1) == mixture_tiers(other, 1)).all()


@settings(max_examples=60)
@given(POINTS)
def test_tiers_are_contiguous_and_start_at_one(points: np.ndarray) -> None:
    for tiers in (dropoff_tiers(points, 25.0), dense(mixture_tiers(points, 1))):
        assert tiers[0] == 1
        assert set(np.diff(tiers)) <= {0, 1}


def board() -> pl.DataFrame:
    frame = players(QB=[300, 290, 200, 100], RB=[250, 249, 248, 100, 90, 80])
    return frame.with_columns(weekly_sd=pl.lit(8.0), starters=2, rostered=4)


def test_the_unit_is_the_sampling_error_of_a_starters_total() -> None:
    # 8 points a week over 10 games stray by 8 * sqrt(10) = 25.3 points.
    tiers = add_tiers(board(), width=1.0, seed=1)
    assert tiers["tier"].to_list() == [1, 1, 2, 3, 1, 1, 1, 2, 3, 3]
    assert add_tiers(board(), width=5.0, seed=1)["tier"].to_list() == [1, 1, 1, 2, 1, 1, 1, 2, 2, 2]


def test_only_rostered_players_are_clustered() -> None:
    mixture = add_tiers(board(), width=1.0, seed=1)["tier_mixture"]
    assert mixture[8:].to_list() == [None, None]
    assert mixture[:8].null_count() == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_seed_gives_the_same_tiers(seed: int) -> None:
    points = np.sort(np.random.default_rng(seed).gamma(2, 60, 60))[::-1]
    assert (mixture_tiers(points, 5) == mixture_tiers(points, 5)).all()
