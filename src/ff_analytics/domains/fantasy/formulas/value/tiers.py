"""Tiers: players of a position that one cannot tell apart."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ff_analytics.domains.fantasy.formulas.value.mixture import mixture_tiers

Floats = NDArray[np.float64]
Tiers = NDArray[np.int32]


def dense(labels: NDArray[np.generic]) -> Tiers:
    """1, 2, 3 ... for each change of label along the array."""
    change = np.concatenate(([0], labels[1:] != labels[:-1])) if len(labels) else labels
    return np.asarray(np.cumsum(change) + 1, dtype=np.int32)


def dropoff_tiers(points: Floats, unit: float) -> Tiers:
    """tier = 1 + floor((P_1 - P_i) / unit), numbered without gaps; the rule of ffanalytics.

    `points`: one position, best first. `unit`: points that make a difference; 0 = one tier.
    """
    if unit <= 0:
        return np.ones(len(points), dtype=np.int32)
    # Rounded, so that rescaled points fall on the same side of a boundary.
    steps = np.floor(np.round((points[0] - points) / unit, 9))
    return dense(steps)


def sampling_error(players: pl.DataFrame) -> pl.DataFrame:
    """position, total_error: median over starters of weekly SD * sqrt(games), in points.

    That is how far a season total strays by the luck of its weeks alone, weeks being
    exchangeable given the mean (measured lag-1 autocorrelation about 0).
    """
    starting = players.filter(pl.col("position_rank") <= pl.col("starters").clip(1))
    error = pl.col("weekly_sd") * pl.col("games").sqrt()
    return starting.group_by("position").agg(total_error=error.median().fill_null(0.0))


def add_tiers(players: pl.DataFrame, width: float, seed: int) -> pl.DataFrame:
    """Add tier (drop-off) for all and tier_mixture for the rostered; both count from 1."""
    units = dict(sampling_error(players).iter_rows())
    tiers: list[Tiers] = []
    mixtures: list[pl.Series] = []
    for part in players.partition_by("position", maintain_order=True):
        points = part["points"].to_numpy()
        tiers.append(dropoff_tiers(points, width * units[part["position"][0]]))
        pool = min(int(part["rostered"][0]), len(points))
        found = pl.Series(dense(mixture_tiers(points[:pool], seed)), dtype=pl.Int32)
        mixtures.append(found.extend_constant(None, len(points) - pool))
    return players.with_columns(
        tier=pl.Series(np.concatenate(tiers)), tier_mixture=pl.concat(mixtures)
    )
