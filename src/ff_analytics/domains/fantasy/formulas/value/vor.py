"""Value over replacement and how scarce it is (J. Bryant, "Principles of VBD", 1996)."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def by_position(
    players: pl.DataFrame, column: str, function: Callable[[Floats], NDArray[np.generic]]
) -> pl.Series:
    """`function` of each position's column, in the row order of a frame sorted by position."""
    parts = [
        function(part[column].to_numpy())
        for part in players.partition_by("position", maintain_order=True)
    ]
    return pl.Series(column, np.concatenate(parts), nan_to_null=True)


def dropoff(points: Floats, window: int) -> Floats:
    """S_i = P_i minus the mean of the next `window` players; nan for the last one.

    `points`: one position, best first. Near the end fewer players follow.
    """
    total = np.concatenate(([0.0], np.cumsum(points)))
    here = np.arange(len(points)) + 1
    end = np.minimum(here + window, len(points))
    followers = end - here
    mean = (total[end] - total[here]) / np.where(followers, followers, 1)
    return np.where(followers, points - mean, np.nan)


def slope(points: Floats, window: int) -> Floats:
    """Points that each further rank costs, over the next `window` ranks: zero or negative.

    (P_(i+w) - P_i) / w, the same for VOR as for points; nan for the last player.
    """
    here = np.arange(len(points))
    end = np.minimum(here + window, len(points) - 1)
    ranks = end - here
    return np.where(ranks, (points[end] - points) / np.where(ranks, ranks, 1), np.nan)


def add_vor(players: pl.DataFrame, window: int) -> pl.DataFrame:
    """Add vor, vorp, scarcity_dropoff, vor_slope and overall_rank.

    `players`: sorted by position and rank, with points, replacement_points and
    waiver_points. vor is against the chosen baseline, vorp against the waiver wire; both in
    points over the window, negative below the baseline. Overall ties go by points, then id.
    """
    valued = players.with_columns(
        vor=pl.col("points") - pl.col("replacement_points"),
        vorp=pl.col("points") - pl.col("waiver_points"),
        scarcity_dropoff=by_position(players, "points", lambda p: dropoff(p, window)),
        vor_slope=by_position(players, "points", lambda p: slope(p, window)),
    )
    order = valued.select(
        pl.struct(-pl.col("vor"), -pl.col("points"), "player_id").rank("ordinal").cast(pl.Int32)
    ).to_series()
    return valued.with_columns(overall_rank=order)


def scarcity_adjustment(players: pl.DataFrame) -> pl.DataFrame:
    """positional_scarcity_adjustment by position: how far its starters stand above replacement.

    Mean of max(0, vor) over the position's starters, divided by the plain mean of that over
    all positions; 1 = as scarce as the average position. It describes a position and is
    never multiplied into a player's VOR, which already holds it.
    """
    per_position = (
        players.filter(pl.col("position_rank") <= pl.col("starters").clip(1))
        .group_by("position")
        .agg(pl.col("vor").clip(0).mean().alias("lead"))
    )
    average = per_position["lead"].mean()
    adjusted = pl.col("lead") / average if average else pl.lit(1.0)
    return per_position.select("position", positional_scarcity_adjustment=adjusted)
