"""Seasons ahead: the option on the bench, discounting, and what is not known."""

import numpy as np
import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.dynasty.dynasty import option_value as normal_option
from ff_analytics.domains.fantasy.formulas.dynasty.seasons_ahead import (
    TENTH,
    credibility,
    discounted,
    option_value,
    seasons_ahead,
)
from tests.unit.fantasy.forecasts import forecast


def at(middle: float, spread: float, floor: float, up: float | None = None) -> float:
    low, high = middle - TENTH * spread, middle + TENTH * (spread if up is None else up)
    return float(option_value(np.array([low]), np.array([middle]), np.array([high]), floor)[0])


def test_a_symmetric_range_gives_the_normal_formula() -> None:
    for middle in (2.0, 8.0, 10.0, 15.0, 30.0):
        expected = normal_option(np.array([middle]), 4.0, 10.0)[0]
        assert at(middle, 4.0, 10.0) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("middle", "down", "up"), [(8, 2, 5), (12, 2, 5), (12, 6, 1)])
def test_a_skewed_range_stays_skewed(middle: float, down: float, up: float) -> None:
    draws = np.random.default_rng(1).standard_normal(400_000)
    points = middle + np.where(draws < 0, draws * down, draws * up)
    simulated = np.maximum(points - 10, 0).mean()
    assert at(middle, down, 10.0, up) == pytest.approx(simulated, rel=0.01)


def test_the_option_is_worth_more_with_a_wider_range_and_a_lower_floor() -> None:
    assert at(8, 1, 10) < at(8, 3, 10) < at(8, 6, 10)
    assert at(8, 3, 10) < at(8, 3, 9) < at(8, 3, 0)
    assert at(8, 0, 10) == pytest.approx(0.0, abs=1e-6)


def test_later_seasons_count_less() -> None:
    values = np.array([[10.0, 10.0, 10.0]])
    assert discounted(values, 0.8) == pytest.approx([10 * (1 + 0.8 + 0.64)])
    assert discounted(values, 0.8, first=2) == pytest.approx([10 * (0.8 + 0.64)])
    assert discounted(values, 0.75) < discounted(values, 0.85)


def test_a_short_record_counts_in_proportion_and_a_draft_slot_in_full() -> None:
    trust = credibility(np.array([0.0, 0.1, 0.25, 0.5, 0.9]))
    assert trust.tolist() == pytest.approx([1.0, 0.2, 0.5, 1.0, 1.0])


def test_a_season_that_is_missing_brings_nothing() -> None:
    rows = pl.concat(
        [forecast("a", ppg=15.0), forecast("b", ppg=15.0).filter(pl.col("horizon") > 1)]
    )
    worth = seasons_ahead(rows, 16).value(np.array([10.0, 10.0]))
    assert worth[1, 0] == 0.0
    assert worth[1, 1:].tolist() == pytest.approx(worth[0, 1:].tolist())


def test_a_season_that_turns_out_low_leaves_less_than_expected() -> None:
    seasons = seasons_ahead(forecast("a", ppg=12.0), 16)
    floor = np.array([10.0])
    assert (seasons.value(floor, -0.67) < seasons.value(floor)).all()
    low, high = (seasons.shifted(z).value(floor) for z in (-1.0, 1.0))
    assert (low < seasons.value(floor)).all()
    assert (seasons.value(floor) < high).all()
