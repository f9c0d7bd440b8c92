"""What contracts save: dollars that the seasons under contract are worth, less their salaries."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ff_analytics.domains.fantasy.league.league import LeagueProfile

Floats = NDArray[np.float64]


def dollars_per_point(next_season: Floats, profile: LeagueProfile) -> float:
    """Auction dollars above the minimum bid per point above replacement, for the whole league.

    As in the auction values: the money that is left when every spot has its minimum bid, shared
    by value.
    """
    spots = profile.teams * profile.roster_size
    money = profile.teams * profile.budget - spots * profile.minimum_bid
    total = float(next_season.sum())
    return money / total if total > 0 else 0.0


def salaries(contracts: pl.DataFrame, ids: pl.Series, first: int, seasons: int) -> Floats:
    """Dollars by player (rows, as `ids`) and season from `first` (columns); nan without contract.

    `contracts`: player_id, season, salary of one league, one row per player and season.
    """
    wide = np.full((len(ids), seasons), np.nan)
    place = pl.DataFrame({"player_id": ids, "row": pl.int_range(len(ids), eager=True)})
    inside = contracts.filter(pl.col("season").is_between(first, first + seasons - 1))
    found = inside.join(place, on="player_id")
    wide[found["row"].to_numpy(), found["season"].to_numpy() - first] = found["salary"].to_numpy()
    return wide


def contract_surplus(
    value: Floats, salary: Floats, per_point: float, minimum: float, rate: float
) -> Floats:
    """Discounted dollars by player; nan for a free agent.

    Sum over the seasons under contract of rate^(h-1) * (minimum bid + per_point * value - salary).
    `value` and `salary`: players x seasons ahead.
    """
    weights = rate ** np.arange(value.shape[1])
    worth = minimum + per_point * value
    saved = np.where(np.isnan(salary), 0.0, worth - np.nan_to_num(salary))
    held = ~np.isnan(salary).all(axis=1)
    return np.where(held, saved @ weights, np.nan)
