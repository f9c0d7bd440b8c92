"""Contract of `data/analytics/cap_scenarios/latest.parquet` and `mrt_cap_scenarios`."""

import dataframely as dy
import polars as pl


class CapScenario(dy.Schema):
    """One row per franchise x year x scenario x league x snapshot_date. Whole dollars."""

    league = dy.String(primary_key=True, description="League profile whose cap rules were used.")
    franchise = dy.String(primary_key=True, description="Fantasy team.")
    projection_year = dy.Int32(
        primary_key=True,
        min=1920,
        max=2100,
        description="Season of the cap, the current one first.",
        metadata={"unit": "year"},
    )
    scenario_name = dy.String(primary_key=True, description="baseline, cut, extension or trade.")
    snapshot_date = dy.Date(
        primary_key=True, description="Date of the run in the league's timezone."
    )
    base_cap = dy.Int64(
        min=0, description="Cap of the season by the rules.", metadata={"unit": "dollars"}
    )
    active_obligations = dy.Int64(
        min=0, description="Salaries of players under contract.", metadata={"unit": "dollars"}
    )
    dead_cap_obligations = dy.Int64(
        min=0, description="Still owed for players who were cut.", metadata={"unit": "dollars"}
    )
    traded_cap_net = dy.Int64(
        description="Cap received less cap given away in trades.", metadata={"unit": "dollars"}
    )
    available_cap_space = dy.Int64(
        description="Base less active less dead plus traded; negative = over the cap.",
        metadata={"unit": "dollars"},
    )
    change_from_baseline = dy.Int64(
        description="Available less that of the baseline scenario.", metadata={"unit": "dollars"}
    )
    contracts = dy.Int64(
        min=0, description="Players under contract in the season.", metadata={"unit": "players"}
    )
    over_cap = dy.Bool(description="True when available is negative.")
    moves = dy.String(
        nullable=True,
        description="What the franchise does in the scenario, in words; null = nothing.",
    )
    input_snapshot_id = dy.Int64(min=0, description="Lake snapshot that was read.")

    @dy.rule()
    def available_adds_up(cls) -> pl.Expr:
        owed = pl.col("active_obligations") + pl.col("dead_cap_obligations")
        room = pl.col("base_cap") - owed + pl.col("traded_cap_net")
        return pl.col("available_cap_space") == room
