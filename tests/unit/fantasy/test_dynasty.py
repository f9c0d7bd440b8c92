"""Dynasty value: age, survival, discount and what is unknown."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.dynasty.ageing import AGEING, Ageing
from ff_analytics.domains.fantasy.formulas.dynasty.dynasty import (
    add_age,
    add_dynasty,
    dynasty_value,
    option_value,
)
from ff_analytics.domains.fantasy.formulas.value.options import Outlook

SIMPLE = Ageing(
    pool=1,
    regression=(0, 0, 0),
    ages=(20, 40),
    factors=(1.0, 1.0),
    shares=((1.0, 0.5, 0.25),) * 5,
    error=(1e-9, 1e-9, 1e-9),
)


def backs(*ages: float | None, position: str = "RB") -> pl.DataFrame:
    """Equal players of 15 points per game in 16 games, replacement 10."""
    return pl.DataFrame(
        {"position": position, "age": ages, "ppg": 15.0, "games": 16}
        | {"slot_mean": 15.0, "replacement_level": 10.0},
        schema_overrides={"age": pl.Float64},
    )


def test_three_seasons_by_hand() -> None:
    # 5 points above replacement * 16 games * (1 + 0.5 * 0.8 + 0.25 * 0.64).
    value = dynasty_value(backs(25.0), SIMPLE, season_games=16, discount=0.8)
    assert value.tolist() == pytest.approx([5 * 16 * 1.56])


def test_a_few_games_are_drawn_to_the_mean_of_the_best() -> None:
    pool = SIMPLE._replace(pool=2, regression=(80, 80, 80))
    part = backs(25.0, 25.0).with_columns(ppg=pl.Series([12.0, 20.0]), games=pl.Series([16, 1]))
    steady, flash = dynasty_value(part, pool, season_games=16, discount=0.8)
    # Pool mean 16: (80 * 12 + 80 * 16) / 160 = 14, (5 * 20 + 80 * 16) / 85 = 16.2.
    assert (steady, flash) == pytest.approx((4 * 16 * 1.56, (1380 / 85 - 10) * 16 * 1.56))


def test_a_bench_player_has_the_value_of_his_chance() -> None:
    assert option_value(np.array([8.0]), 4.0, 10.0)[0] == pytest.approx(0.7912, abs=1e-4)
    assert option_value(np.array([30.0]), 1e-9, 10.0)[0] == pytest.approx(20.0)
    assert option_value(np.array([-90.0]), 4.0, 10.0)[0] == pytest.approx(0.0)


def test_the_young_are_worth_more_than_the_old() -> None:
    for position in AGEING:
        frame = add_dynasty(backs(22.0, 26.0, 29.0, 33.0, position=position), 16, Outlook.BALANCED)
        values = frame["dynasty_value"]
        assert values[0] > values[3] > 0
        assert (frame["dynasty_low"] < values).all()
        assert (frame["dynasty_high"] > values).all()


def test_a_rebuilder_pays_more_for_the_future() -> None:
    by_outlook = {
        outlook: add_dynasty(backs(24.0), 16, outlook)["dynasty_value"][0] for outlook in Outlook
    }
    assert (
        by_outlook[Outlook.CONTENDER] < by_outlook[Outlook.BALANCED] < by_outlook[Outlook.REBUILDER]
    )


def test_no_age_or_no_measured_ageing_means_no_value() -> None:
    assert add_dynasty(backs(None), 16, Outlook.BALANCED)["dynasty_value"].to_list() == [None]
    kicker = add_dynasty(backs(25.0, position="K"), 16, Outlook.BALANCED)
    assert kicker["dynasty_value"].to_list() == [None]


def test_age_is_that_of_1_september_and_implausible_ones_are_unknown() -> None:
    born = [date(2000, 9, 1), None, date(1900, 1, 1)]
    ages = add_age(pl.DataFrame({"birth_date": born}), 2020)["age"]
    assert ages[0] == pytest.approx(20.0, abs=0.01)
    assert ages.to_list()[1:] == [None, None]
