"""Buy, hold and sell bands."""

import polars as pl
import pytest

from ff_analytics.domains.fantasy.formulas.dynasty.trade_bands import trade_band


def band(pct: float | None, z: float | None, market: float = 4_000.0) -> object:
    row = pl.DataFrame(
        {"pct": [pct], "z": [z], "market": [market]},
        schema={"pct": pl.Float64, "z": pl.Float64, "market": pl.Float64},
    )
    delta = pl.col("pct") * pl.col("market")
    return row.select(trade_band(pl.col("pct"), pl.col("z"), delta, pl.lit(10_000.0))).item()


@pytest.mark.parametrize(
    ("pct", "z", "wanted"),
    [
        (0.40, 1.4, "STRONG_BUY"),
        (0.25, 1.4, "BUY"),
        (0.40, 0.7, "BUY"),
        (0.13, 0.6, "BUY"),
        (0.40, 0.3, "HOLD"),
        (0.10, 2.0, "HOLD"),
        (-0.10, -2.0, "HOLD"),
        (-0.20, -1.5, "SELL"),
        (-0.40, -0.6, "SELL"),
        (-0.40, -1.0, "STRONG_SELL"),
        (-0.40, -0.2, "HOLD"),
    ],
)
def test_the_band_needs_the_gap_and_more_than_noise(pct: float, z: float, wanted: str) -> None:
    assert band(pct, z) == wanted


def test_a_few_points_at_the_end_of_the_list_are_nothing() -> None:
    assert band(-0.9, -8.0, market=500.0) == "HOLD"
    assert band(9.0, 4.0, market=100.0) == "STRONG_BUY"


def test_without_a_market_there_is_no_band() -> None:
    assert band(None, None) is None
