"""Where the model and the market disagree, on the market's own scale.

Points and market indices have different units, so the model's order is given the market's
distribution first (quantile mapping); only then are the two subtracted.
"""

import logging
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
log = logging.getLogger(__name__)

# With fewer players the market's distribution is too coarse to map onto.
FEWEST_PLAYERS = 10
# Market values fall by 2.35 % per rank (DynastyProcess: value = 10500 * exp(-0.0235 * ecr)),
# and experts differ by about five ranks; providers do not deliver that spread per player.
MARKET_ERROR = 0.0235 * 5


def quantile_map(model: Floats, market: Floats) -> Floats:
    """The market value at each player's model rank; ties share the value at their mean rank."""
    rank = pl.Series(model).rank("average").to_numpy() - 1
    mapped: Floats = np.interp(rank, np.arange(len(market)), np.sort(market))
    return mapped


def gap(model: Floats, low: Floats, high: Floats, market: Floats) -> tuple[Floats, Floats]:
    """gap_pct = (mapped - market) / market, and z = (mapped - market) / noise.

    noise^2 = ((map(high) - map(low)) / 2)^2 + (0.1175 * market)^2: the model's forecast error
    and the market's, both in market units. Positive = the model sees more value.
    """
    mapped = quantile_map(model, market)
    order = np.argsort(model)
    model_error = np.interp(high, model[order], mapped[order])
    model_error = (model_error - np.interp(low, model[order], mapped[order])) / 2
    noise = np.sqrt(model_error**2 + (MARKET_ERROR * market) ** 2)
    difference = mapped - market
    # A market value of 0 has no percentage.
    positive = np.where(market > 0, market, np.nan)
    return difference / positive, difference / np.where(noise > 0, noise, np.nan)


def comparable(market: pl.DataFrame, season: int) -> pl.DataFrame:
    """Values from the spring before the season to the end of the one after it."""
    return market.filter(
        pl.col("valued_on").is_between(date(season, 3, 1), date(season + 2, 2, 28))
    )


def add_market(players: pl.DataFrame, market: pl.DataFrame, season: int) -> pl.DataFrame:
    """Add market_value, market_gap_pct and market_gap_z, null where either side is missing.

    `market`: player_id, value, valued_on of one format. `players`: with dynasty_value,
    dynasty_low and dynasty_high.
    """
    fitting = comparable(market, season).select("player_id", market_value="value")
    if market.height and fitting.is_empty():
        log.warning("No market value is near season %d: the market columns stay empty.", season)
    valued = players.join(fitting, on="player_id", how="left", maintain_order="left")
    both = valued.filter(
        pl.col("market_value").is_not_null(), pl.col("dynasty_value").is_not_null()
    )
    empty = pl.lit(None, dtype=pl.Float64)
    if both.height < FEWEST_PLAYERS:
        return valued.with_columns(market_gap_pct=empty, market_gap_z=empty)
    names = ("dynasty_value", "dynasty_low", "dynasty_high", "market_value")
    percent, z = gap(*(both[name].to_numpy() for name in names))
    gaps = both.select(
        "player_id",
        market_gap_pct=pl.Series(percent, nan_to_null=True),
        market_gap_z=pl.Series(z, nan_to_null=True),
    )
    return valued.join(gaps, on="player_id", how="left", maintain_order="left")
