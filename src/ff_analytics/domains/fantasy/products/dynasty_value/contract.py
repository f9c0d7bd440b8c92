"""Contract of `data/analytics/dynasty_value_composite/latest.parquet` and its mart."""

import dataframely as dy
import polars as pl

from ff_analytics.domains.fantasy.formulas.dynasty.trade_bands import BANDS


def _component(*, nullable: bool = True) -> dy.Float64:
    return dy.Float64(min=0, max=1, nullable=nullable)


def _score() -> dy.Float64:
    return dy.Float64(min=0, max=10_000)


class DynastyValue(dy.Schema):
    """One row per player or draft pick x league x snapshot_date.

    Values are points above replacement over the seasons ahead, discounted; scores run from 0 to
    10,000. A component is null where it is not known, and its weight goes to the others.
    """

    player_id = dy.String(primary_key=True)
    league = dy.String(primary_key=True)
    snapshot_date = dy.Date(primary_key=True)
    asset_type = dy.String(check=lambda kind: kind.is_in(["player", "pick"]))
    base_season = dy.Int32(min=1999, max=2100)
    outlook = dy.String()
    player_name = dy.String()
    position = dy.String()
    team = dy.String(nullable=True)
    franchise = dy.String(nullable=True)
    age = dy.Float64(nullable=True, min=15, max=60)
    overall_rank = dy.Int32(min=1)
    position_rank = dy.Int32(min=1)
    dynasty_value_score = _score()
    score_contender = _score()
    score_balanced = _score()
    score_rebuilder = _score()
    dynasty_value = dy.Float64(min=0)
    value_contender = dy.Float64(min=0)
    value_balanced = dy.Float64(min=0)
    value_rebuilder = dy.Float64(min=0)
    dynasty_low = dy.Float64(nullable=True, min=0)
    dynasty_high = dy.Float64(nullable=True, min=0)
    next_season_value = dy.Float64(min=0)
    later_seasons_value = dy.Float64(min=0)
    vor_component = _component(nullable=False)
    economics_component = _component()
    age_component = _component(nullable=False)
    scarcity_component = _component()
    variance_component = _component()
    market_component = _component()
    points_per_game = dy.Float64(nullable=True)
    games_share = dy.Float64(nullable=True, min=0, max=1)
    replacement_level = dy.Float64(nullable=True)
    evidence = dy.String()
    credibility = dy.Float64(nullable=True, min=0, max=1)
    salary = dy.Float64(nullable=True, min=0)
    contract_surplus = dy.Float64(nullable=True)
    roster_spot_cost = dy.Float64(min=0)
    package_value = dy.Float64()
    market_value = dy.Float64(nullable=True, min=0)
    market_delta = dy.Float64(nullable=True)
    market_gap_pct = dy.Float64(nullable=True)
    market_gap_z = dy.Float64(nullable=True)
    trade_band = dy.String(nullable=True, check=lambda band: band.is_in(BANDS))
    model_version = dy.String()
    input_snapshot_id = dy.Int64(min=0)

    @dy.rule()
    def range_holds_the_value(cls) -> pl.Expr:
        low, high = pl.col("dynasty_low"), pl.col("dynasty_high")
        return (low <= pl.col("dynasty_value") + 1e-6) & (pl.col("dynasty_value") <= high + 1e-6)
