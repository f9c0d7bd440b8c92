"""Projections by hand, in the shape of the contract `MultiYearProjection`."""

import polars as pl

from ff_analytics.domains.fantasy.formulas.dynasty.seasons_ahead import TENTH

BASE = 2025


def forecast(
    player: str,
    position: str = "RB",
    *,
    ppg: float = 12.0,
    age: float | None = 25.0,
    share: float = 0.8,
    spread: float = 2.0,
    data_share: float = 0.8,
    fade: float = 0.9,
    evidence: str = "history",
) -> pl.DataFrame:
    """Five seasons of one player; points and games fall by `fade` a year."""
    years = [fade**h for h in range(5)]
    return pl.DataFrame(
        {
            "player_id": [player] * 5,
            "player_name": [player.title()] * 5,
            "position": [position] * 5,
            "team": ["KC"] * 5,
            "age": [None if age is None else age + h for h in range(5)],
            "base_season": [BASE] * 5,
            "horizon": [1, 2, 3, 4, 5],
            "games_share": [share * f for f in years],
            "points_per_game_p10": [ppg * f - TENTH * spread for f in years],
            "points_per_game_p50": [ppg * f for f in years],
            "points_per_game_p90": [ppg * f + TENTH * spread for f in years],
            "evidence": [evidence] * 5,
            "data_share": [data_share] * 5,
        },
        schema_overrides={
            "age": pl.Float64,
            "horizon": pl.Int32,
            "base_season": pl.Int32,
            "points_per_game_p50": pl.Float64,
        },
    )
