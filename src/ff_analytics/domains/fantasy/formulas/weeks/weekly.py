"""Floor, median and ceiling of a player's week."""

import polars as pl

# P10, P50, P90 of a week's points divided by the player's own mean. QB to TE: nflverse
# 2010-2025, players with 10 games and more; K, DST and defenders: 2019, the top 60 of each.
RATIOS: dict[str, tuple[float, float, float]] = {
    "QB": (0.48, 0.99, 1.53),
    "RB": (0.34, 0.92, 1.76),
    "WR": (0.30, 0.92, 1.79),
    "TE": (0.30, 0.93, 1.80),
    "K": (0.33, 0.96, 1.78),
    "DST": (0.10, 0.90, 1.95),
    "DL": (0.22, 0.86, 1.98),
    "LB": (0.32, 0.89, 1.85),
    "DB": (0.24, 0.81, 2.06),
}
# Games at which a player's own quantiles count as much as his position's. Of 0 to 128 tried,
# about this many minimise the pinball loss on held-out weeks of 2005-2019.
PRIOR_GAMES = 48


def add_weekly_range(players: pl.DataFrame) -> pl.DataFrame:
    """Add p10, p50, p90 of a played week, in points.

    q = w * own quantile + (1 - w) * ppg * the position's ratio, with w = games / (games + 48):
    weeks are exchangeable given the mean, and few weeks say little of their own quantiles.
    """
    weight = pl.col("games") / (pl.col("games") + PRIOR_GAMES)

    def shrunk(index: int, name: str) -> pl.Expr:
        ratio = pl.col("position").replace_strict(
            {position: ratios[index] for position, ratios in RATIOS.items()},
            return_dtype=pl.Float64,
        )
        return (weight * pl.col(f"own_{name}") + (1 - weight) * pl.col("ppg") * ratio).alias(name)

    raw = players.with_columns(shrunk(i, name) for i, name in enumerate(("p10", "p50", "p90")))
    # Ratios turn round below zero: a mean of -2 has its P10 below its P90 only when sorted.
    low = pl.min_horizontal("p10", "p50", "p90")
    high = pl.max_horizontal("p10", "p50", "p90")
    middle = pl.sum_horizontal("p10", "p50", "p90") - low - high
    return raw.with_columns(
        p10=low, p50=pl.when(pl.col("ppg") >= 0).then("p50").otherwise(middle), p90=high
    ).with_columns(pl.col("p50").clip(pl.col("p10"), pl.col("p90")))
