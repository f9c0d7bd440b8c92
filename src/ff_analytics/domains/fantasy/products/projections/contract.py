"""Contract of `data/analytics/multi_year_projections/latest.parquet` and its mart."""

import dataframely as dy
import polars as pl


def _share() -> dy.Float64:
    return dy.Float64(min=0, max=1)


class MultiYearProjection(dy.Schema):
    """One row per player x projection season x league x snapshot_date; league's fantasy points.

    `points_per_game` is the mean of a game played, p10 to p90 the range of that season's mean
    given that he plays. `games_share` is the expected share of the season's games, those who
    vanish counted as 0; `survival` the chance of at least one game. `total_points` is
    points_per_game x games_share x the games of a season. `data_share` says how much of the
    forecast is the player's own record; the rest is the prior of his position or draft slot.
    """

    league = dy.String(primary_key=True)
    snapshot_date = dy.Date(primary_key=True)
    player_id = dy.String(primary_key=True)
    projection_season = dy.Int32(primary_key=True, min=2000, max=2110)
    player_name = dy.String()
    position = dy.String()
    team = dy.String(nullable=True)
    age = dy.Float64(nullable=True, min=15, max=60)
    base_season = dy.Int32(min=1999, max=2100)
    horizon = dy.Int32(min=1, max=5)
    games_share = _share()
    survival = _share()
    points_per_game = dy.Float64()
    points_per_game_p10 = dy.Float64()
    points_per_game_p50 = dy.Float64()
    points_per_game_p90 = dy.Float64()
    total_points = dy.Float64()
    age_factor = dy.Float64(min=0)
    opportunity_factor = dy.Float64(min=0)
    evidence = dy.String()
    data_share = _share()
    model = dy.String()
    model_version = dy.String()
    input_snapshot_id = dy.Int64(min=0)

    @dy.rule()
    def quantiles_are_ordered(cls) -> pl.Expr:
        low, middle, high = (pl.col(f"points_per_game_{q}") for q in ("p10", "p50", "p90"))
        return (low <= middle) & (middle <= high)

    @dy.rule()
    def horizon_counts_from_the_base_season(cls) -> pl.Expr:
        return pl.col("projection_season") == pl.col("base_season") + pl.col("horizon")

    @dy.rule()
    def who_plays_has_survived(cls) -> pl.Expr:
        return pl.col("games_share") <= pl.col("survival")
