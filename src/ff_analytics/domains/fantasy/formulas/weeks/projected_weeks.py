"""Weeks of a season that has not been played, from its projection: a valuation's third basis."""

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.formulas.weeks.weekly import RATIOS

_KNOTS = (0.0, 0.1, 0.5, 0.9, 1.0)
# The best and worst week beyond P90 and P10, as parts of these.
_WORST, _BEST = 0.3, 1.35


def _shape(position: str, games: int) -> list[float]:
    """Points of `games` weeks over their mean: one from each of as many equal chances."""
    low, middle, high = RATIOS.get(position, RATIOS["WR"])
    heights = (low * _WORST, low, middle, high, high * _BEST)
    weeks = np.interp((np.arange(games) + 0.5) / games, _KNOTS, heights)
    return [float(week) for week in weeks / weeks.mean()]


def projected_weeks(projected: pl.DataFrame, weeks: int) -> pl.DataFrame:
    """Rows like those of the weekly mart: the expected games of one projected season.

    `projected`: one row per player of `analytics.mrt_multi_year_projections`. Each plays his
    expected number of games from week 1; together they score `total_points`, spread like the
    weeks of his position (`fantasy/weekly.py`). Who is expected for less than half a game is left
    out.
    """
    season = max(weeks - 1, 1)
    played = projected.with_columns(
        games=(pl.col("games_share") * season).round(0).cast(pl.Int32)
    ).filter(pl.col("games") >= 1)
    kinds = played.select("position", "games").unique().rows()
    shapes = pl.DataFrame(
        [
            {"position": p, "games": g, "week": list(range(1, g + 1)), "ratio": _shape(p, g)}
            for p, g in kinds
        ],
        schema={
            "position": pl.String,
            "games": pl.Int32,
            "week": pl.List(pl.Int32),
            "ratio": pl.List(pl.Float64),
        },
    ).explode("week", "ratio")
    lived = pl.duration(days=(pl.col("age") * 365.25).round(0).cast(pl.Int64))
    born = pl.date(pl.col("projection_season"), 9, 1) - lived
    return played.join(shapes, on=["position", "games"]).select(
        "player_id",
        "week",
        "position",
        "team",
        season="projection_season",
        display_name="player_name",
        birth_date=born.cast(pl.Date),
        games_played=pl.lit(1, dtype=pl.Int32),
        fantasy_points=pl.col("total_points") / pl.col("games") * pl.col("ratio"),
    )
