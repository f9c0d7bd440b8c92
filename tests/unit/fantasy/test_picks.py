"""Draft picks, packages and what a roster spot costs."""

import numpy as np
import pytest

from ff_analytics.domains.fantasy.formulas.dynasty.packages import (
    package_value,
    roster_spot_cost,
    stud_adjustment,
)
from ff_analytics.domains.fantasy.formulas.dynasty.picks import (
    BY_SEASON,
    by_season,
    coming_picks,
    curve,
    pick_values,
)

POINTS = np.linspace(120, 0, 60)


@pytest.mark.parametrize("optimism", [0.0, 0.2, 1.0])
def test_each_slot_is_worth_less_than_the_one_before(optimism: float) -> None:
    values = curve(48, optimism)
    assert (np.diff(values) < 0).all()
    assert (values > 0).all()


def test_hindsight_raises_the_first_picks_and_lowers_the_late_ones() -> None:
    returned, hindsight = curve(48, 0.0), curve(48, 1.0)
    assert hindsight[0] > 2 * returned[0]
    assert hindsight[24] < returned[24]


def test_the_return_of_a_pick_is_spread_over_its_seasons() -> None:
    assert sum(BY_SEASON) == pytest.approx(1.0)
    now, later = (by_season(np.array([10.0]), 5, wait=w) for w in (0, 2))
    assert now[0].tolist() == pytest.approx([10 * share for share in BY_SEASON])
    assert later[0, :2].tolist() == [0.0, 0.0]
    assert later.sum() == pytest.approx(10.0)


def test_picks_of_a_league_fall_by_slot_and_by_draft() -> None:
    drafts = coming_picks(2026, teams=10, rounds=3, drafts=3)
    assert drafts.height == 30 + 3 + 3
    assert drafts["player_id"].n_unique() == 36
    worth = pick_values(drafts, POINTS, 10, 5, 0.2) @ (0.8 ** np.arange(5))
    assert (np.diff(worth[:30]) < 0).all()
    by_id = dict(zip(drafts["player_id"], worth, strict=True))
    assert by_id["PICK-2026-1-01"] > by_id["PICK-2027-1"] > by_id["PICK-2028-1"]
    assert by_id["PICK-2026-1-10"] < by_id["PICK-2027-1"]


def test_picks_follow_the_points_of_the_league() -> None:
    drafts = coming_picks(2026, 10, 1, 1)
    once, twice = (pick_values(drafts, factor * POINTS, 10, 5, 0.2) for factor in (1, 2))
    assert twice == pytest.approx(2 * once)


def test_a_roster_spot_costs_the_best_player_whom_nobody_holds() -> None:
    assert roster_spot_cost(np.array([50.0, 9.0, 30.0, 7.0]), 2) == 9.0
    assert roster_spot_cost(np.array([50.0, 9.0]), 2) == 0.0


def test_the_adjustment_rises_from_10_to_40_per_cent() -> None:
    assert stud_adjustment(np.array([0.0, 50.0, 100.0]), 100.0) == pytest.approx([0.1, 0.25, 0.4])


def test_one_star_is_worth_more_than_halves_that_sum_to_him() -> None:
    star = package_value(np.array([100.0]), 100.0, 8.0).sum()
    for pieces in (2, 4, 7):
        rest = package_value(np.full(pieces, 100.0 / pieces), 100.0, 8.0).sum()
        assert rest < star
    # Whoever fills a spot with less than a free agent loses by it.
    assert package_value(np.array([5.0]), 100.0, 8.0)[0] < 0
