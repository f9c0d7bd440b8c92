"""Contract of `data/analytics/cap_scenarios/latest.parquet` and `mrt_cap_scenarios`."""

import dataframely as dy
import polars as pl


class CapScenario(dy.Schema):
    """One row per franchise x year x scenario x league x snapshot_date. Whole dollars."""

    league = dy.String(primary_key=True)
    franchise = dy.String(primary_key=True)
    projection_year = dy.Int32(primary_key=True, min=1920, max=2100)
    scenario_name = dy.String(primary_key=True)
    snapshot_date = dy.Date(primary_key=True)
    base_cap = dy.Int64(min=0)
    active_obligations = dy.Int64(min=0)
    dead_cap_obligations = dy.Int64(min=0)
    traded_cap_net = dy.Int64()
    available_cap_space = dy.Int64()
    change_from_baseline = dy.Int64()
    contracts = dy.Int64(min=0)
    over_cap = dy.Bool()
    moves = dy.String(nullable=True)
    input_snapshot_id = dy.Int64(min=0)

    @dy.rule()
    def available_adds_up(cls) -> pl.Expr:
        owed = pl.col("active_obligations") + pl.col("dead_cap_obligations")
        room = pl.col("base_cap") - owed + pl.col("traded_cap_net")
        return pl.col("available_cap_space") == room
