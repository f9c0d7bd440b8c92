"""Market gaps on the market's own scale."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.value.market import (
    FEWEST_PLAYERS,
    add_market,
    gap,
    quantile_map,
)
from tests.unit.fantasy.toy import NO_MARKET


def test_the_models_best_player_gets_the_markets_best_value() -> None:
    model = np.array([5.0, 50.0, 20.0])
    market = np.array([9000.0, 4000.0, 1000.0])
    assert quantile_map(model, market).tolist() == [1000.0, 9000.0, 4000.0]
    tied = quantile_map(np.array([1.0, 1.0, 2.0]), market)
    assert tied.tolist() == [2500.0, 2500.0, 9000.0]


def test_the_gap_is_judged_against_the_noise() -> None:
    model = np.array([5.0, 50.0, 20.0])
    market = np.array([9000.0, 4000.0, 1000.0])
    percent, z = gap(model, model, model, market)
    assert percent == pytest.approx([-8000 / 9000, 1.25, 3.0])
    # Without model error only the market's 11.75 % is left.
    assert z == pytest.approx(percent / 0.1175)
    _, doubtful = gap(model, model - 15, model + 15, market)
    assert (np.abs(doubtful) < np.abs(z)).all()


def players(count: int) -> pl.DataFrame:
    value = pl.Series([float(i) for i in range(count)])
    ids = [f"p{i:03d}" for i in range(count)]
    return pl.DataFrame({"player_id": ids, "dynasty_value": value}).with_columns(
        dynasty_low=pl.col("dynasty_value") - 1, dynasty_high=pl.col("dynasty_value") + 1
    )


def market(count: int, on: date) -> pl.DataFrame:
    rows = {"player_id": [f"p{i:03d}" for i in range(count)], "valued_on": on}
    return pl.DataFrame(rows | {"value": [100.0 * i for i in range(count)]}).select(
        NO_MARKET.columns
    )


def test_agreement_leaves_no_gap_and_strangers_have_no_market() -> None:
    got = add_market(players(30), market(20, date(2020, 10, 1)), 2020)
    assert got["market_gap_pct"].drop_nulls().abs().max() == pytest.approx(0.0)
    # The one of market value 0 has no percentage, the ten unknown to the market nothing.
    assert got["market_gap_pct"].null_count() == 11
    assert got["market_value"].null_count() == 10


@pytest.mark.parametrize(
    "rows",
    [NO_MARKET, market(FEWEST_PLAYERS - 1, date(2020, 10, 1)), market(30, date(2026, 1, 1))],
)
def test_no_few_or_foreign_market_values_give_no_gap(rows: pl.DataFrame) -> None:
    got = add_market(players(30), rows, 2020)
    assert got["market_gap_pct"].null_count() == 30
    assert got["market_gap_z"].null_count() == 30
