"""Auction dollars: the league's money follows points above the waiver wire."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ff_analytics.domains.fantasy.league.league import LeagueProfile


def allocate(weights: NDArray[np.float64], total: int, minimum: int) -> NDArray[np.int64]:
    """Share `total` whole dollars: the minimum for each, the rest in proportion to weights.

    Sums to `total` exactly by the largest-remainder rule; remainders that tie go to the
    earlier element. A larger weight never gets less. Weights are >= 0; all zero = equal.
    """
    surplus = total - minimum * len(weights)
    sum_of_weights = weights.sum()
    share = weights / sum_of_weights if sum_of_weights else np.full(len(weights), 1 / len(weights))
    exact = surplus * share
    whole = np.floor(exact).astype(np.int64)
    left = surplus - int(whole.sum())
    for_rounding = np.argsort(-(exact - whole), kind="stable")[:left]
    whole[for_rounding] += 1
    dollars: NDArray[np.int64] = whole + minimum
    return dollars


def _weights(bought: pl.DataFrame, starter_share: float | None) -> NDArray[np.float64]:
    above_waiver = bought["vorp"].clip(0).to_numpy()
    if starter_share is None:
        return above_waiver
    top = (bought["points"] - bought["starter_points"]).clip(0).to_numpy()
    bench = np.maximum(above_waiver - top, 0.0)
    shares = [(starter_share, top), (1 - starter_share, bench)]
    if not (top.any() and bench.any()):
        return above_waiver
    return np.asarray(sum(share * part / part.sum() for share, part in shares))


def add_dollars(
    players: pl.DataFrame, profile: LeagueProfile, starter_share: float | None = None
) -> pl.DataFrame:
    """Add auction_value in whole dollars; 0 for players who are not bought.

    The N = teams * roster size best by vorp are bought (fewer when there are fewer), and
    $ = minimum + surplus * max(0, vorp) / sum of it, with surplus = teams * budget - N *
    minimum: the sum is teams * budget exactly, and no player with more vorp costs less. Points
    above the waiver wire are used, not those above the last starter, since a bench is bought
    too. With `starter_share` that part of the surplus follows points above the last starter
    and the rest the points between waiver wire and last starter ("Correcting Auction
    Calculations in the VBD Application", Footballguys 2006): monotone within a position.
    """
    count = min(profile.teams * profile.roster_size, players.height)
    order = players.sort("vorp", "points", "player_id", descending=[True, True, False])
    bought = order.head(count)
    dollars = allocate(
        _weights(bought, starter_share), profile.teams * profile.budget, profile.minimum_bid
    )
    prices = bought.select("player_id", auction_value=pl.Series(dollars).cast(pl.Int32))
    return players.join(prices, on="player_id", how="left", maintain_order="left").with_columns(
        pl.col("auction_value").fill_null(0)
    )


def inflation(money_left: int, slots_left: int, minimum: int, values_left: int) -> float:
    """Factor on the prices of the players still on the block, once others are kept or sold.

    f = (money left - minimum * slots left) / sum of (price - minimum) left; 1 without any
    value left. `values_left` is the sum of the prices of the `slots_left` players to come.
    """
    value = values_left - minimum * slots_left
    return (money_left - minimum * slots_left) / value if value else 1.0
