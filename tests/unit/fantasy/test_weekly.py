"""Weekly floor and ceiling: own weeks shrunk to the position's shape."""

import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.weeks.weekly import RATIOS, add_weekly_range
from ff_analytics.domains.fantasy.league.slots import POSITIONS


def player(games: int, ppg: float, own: tuple[float, float, float]) -> dict[str, float]:
    low, middle, high = own
    frame = pl.DataFrame(
        {"position": ["RB"], "games": [games], "ppg": [ppg]}
        | {"own_p10": [low], "own_p50": [middle], "own_p90": [high]}
    )
    return add_weekly_range(frame).select("p10", "p50", "p90").row(0, named=True)


def test_own_weeks_count_by_games() -> None:
    # 16 games of 64: a quarter own quantile, three quarters 10 points * 0.34, 0.92, 1.76.
    got = player(16, 10.0, (5.0, 9.0, 15.0))
    assert got == pytest.approx({"p10": 1.25 + 2.55, "p50": 2.25 + 6.9, "p90": 3.75 + 13.2})


def test_one_game_says_almost_nothing_of_the_range() -> None:
    got = player(1, 10.0, (10.0, 10.0, 10.0))
    assert got["p10"] < 4.0
    assert got["p90"] > 17.0


def test_the_range_is_ordered_for_negative_means_too() -> None:
    got = player(2, -1.5, (-2.0, -1.5, -1.0))
    assert got["p10"] <= got["p50"] <= got["p90"]


def test_every_position_has_a_shape() -> None:
    assert set(RATIOS) == set(POSITIONS)
    assert all(low < middle < high for low, middle, high in RATIOS.values())
