"""Contract of `data/analytics/player_valuation/latest.parquet` and `mrt_player_valuation`."""

import dataframely as dy
import polars as pl


class PlayerValuation(dy.Schema):
    """One row per player x league x snapshot_date. Points are fantasy points of the league."""

    player_id = dy.String(primary_key=True)
    league = dy.String(primary_key=True)
    snapshot_date = dy.Date(primary_key=True)
    season = dy.Int32(min=1999, max=2100)
    basis = dy.String()
    baseline_method = dy.String()
    player_name = dy.String()
    position = dy.String()
    team = dy.String(nullable=True)
    franchise = dy.String(nullable=True)
    age = dy.Float64(nullable=True, min=15, max=60)
    games = dy.Int32(min=0)
    total_points = dy.Float64()
    points_per_game = dy.Float64()
    position_rank = dy.Int32(min=1)
    overall_rank = dy.Int32(min=1)
    replacement_rank = dy.Int32(min=1)
    replacement_level = dy.Float64()
    replacement_points = dy.Float64()
    vor = dy.Float64()
    vorp = dy.Float64()
    war = dy.Float64()
    scarcity_dropoff = dy.Float64(nullable=True)
    vor_slope = dy.Float64(nullable=True)
    positional_scarcity_adjustment = dy.Float64(min=0)
    auction_value = dy.Int32(min=0)
    tier = dy.Int32(min=1)
    tier_mixture = dy.Int32(min=1, nullable=True)
    p10 = dy.Float64()
    p50 = dy.Float64()
    p90 = dy.Float64()
    salary = dy.Float64(nullable=True, min=0)
    contract_efficiency_dollar_per_war = dy.Float64(nullable=True)
    ageing_value = dy.Float64(nullable=True, min=0)
    market_value = dy.Float64(nullable=True, min=0)
    market_gap_pct = dy.Float64(nullable=True)
    market_gap_z = dy.Float64(nullable=True)
    model_version = dy.String()
    input_snapshot_id = dy.Int64(min=0)

    @dy.rule()
    def quantiles_are_ordered(cls) -> pl.Expr:
        return (pl.col("p10") <= pl.col("p50")) & (pl.col("p50") <= pl.col("p90"))

    @dy.rule()
    def free_agents_have_no_efficiency(cls) -> pl.Expr:
        return (
            pl.col("salary").is_not_null() | pl.col("contract_efficiency_dollar_per_war").is_null()
        )
