"""Contract of `data/analytics/player_valuation/latest.parquet` and `mrt_player_valuation`."""

import dataframely as dy
import polars as pl


class PlayerValuation(dy.Schema):
    """One row per player x league x snapshot_date. Points are fantasy points of the league."""

    player_id = dy.String(primary_key=True, description="Player, or DST-<team> for a team defence.")
    league = dy.String(
        primary_key=True, description="League profile whose scoring, slots and budget were used."
    )
    snapshot_date = dy.Date(
        primary_key=True, description="Date of the valuation in the league's timezone."
    )
    season = dy.Int32(
        min=1999, max=2100, description="Season that is valued.", metadata={"unit": "year"}
    )
    basis = dy.String(
        description="What the points are based on: season actuals, a trailing window or "
        "projections."
    )
    baseline_method = dy.String(description="How the replacement level was found.")
    player_name = dy.String(description="Name as displayed.")
    position = dy.String(description="Position that the league drafts by.")
    team = dy.String(nullable=True, description="NFL team, null without one.")
    franchise = dy.String(
        nullable=True, description="Franchise that holds the player, null for a free agent."
    )
    age = dy.Float64(
        nullable=True,
        min=15,
        max=60,
        description="Age on 1 September of season; null without a birth date.",
        metadata={"unit": "years"},
    )
    games = dy.Int32(
        min=0,
        description="Games with a chance to score, which the points come from.",
        metadata={"unit": "games"},
    )
    total_points = dy.Float64(
        description="Fantasy points that the value is computed from.", metadata={"unit": "points"}
    )
    points_per_game = dy.Float64(
        description="Fantasy points per game.", metadata={"unit": "points per game"}
    )
    position_rank = dy.Int32(
        min=1,
        description="Rank by points within the position, 1 is best.",
        metadata={"unit": "rank"},
    )
    overall_rank = dy.Int32(
        min=1, description="Rank by value over all positions, 1 is best.", metadata={"unit": "rank"}
    )
    replacement_rank = dy.Int32(
        min=1,
        description="Rank of the replacement player at the position.",
        metadata={"unit": "rank"},
    )
    replacement_level = dy.Float64(
        description="Points per game of the replacement player at the position.",
        metadata={"unit": "points per game"},
    )
    replacement_points = dy.Float64(
        description="Points of the replacement player at the position.", metadata={"unit": "points"}
    )
    vor = dy.Float64(
        description="Value over replacement: points less those of the replacement player.",
        metadata={"unit": "points"},
    )
    vorp = dy.Float64(
        description="Value over the best player left on waivers; auction prices follow it.",
        metadata={"unit": "points"},
    )
    war = dy.Float64(description="Wins above replacement per season.", metadata={"unit": "wins"})
    scarcity_dropoff = dy.Float64(
        nullable=True,
        description="Points less the mean of the next players at the position.",
        metadata={"unit": "points"},
    )
    vor_slope = dy.Float64(
        nullable=True,
        description="Value over replacement that each further rank at the position costs; zero or "
        "negative.",
        metadata={"unit": "points per rank"},
    )
    positional_scarcity_adjustment = dy.Float64(
        min=0,
        description="Lead of the position's starters over replacement against that of all "
        "positions, 1 = average; it describes and multiplies nothing.",
        metadata={"unit": "factor"},
    )
    auction_value = dy.Int32(
        min=0,
        description="Price in a fair auction; all prices sum to the money in the league.",
        metadata={"unit": "dollars"},
    )
    tier = dy.Int32(
        min=1,
        description="Tier by drop-off within the position, 1 is best.",
        metadata={"unit": "number"},
    )
    tier_mixture = dy.Int32(
        min=1,
        nullable=True,
        description="Tier by Gaussian mixture within the position, 1 is best; null where it was "
        "not fitted.",
        metadata={"unit": "number"},
    )
    p10 = dy.Float64(
        description="Floor: one week in ten is worse.", metadata={"unit": "points per week"}
    )
    p50 = dy.Float64(description="Median week.", metadata={"unit": "points per week"})
    p90 = dy.Float64(
        description="Ceiling: one week in ten is better.", metadata={"unit": "points per week"}
    )
    salary = dy.Float64(
        nullable=True,
        min=0,
        description="Salary of the valued season, or of the next one where that has no contract; "
        "null for a free agent.",
        metadata={"unit": "dollars"},
    )
    contract_efficiency_dollar_per_war = dy.Float64(
        nullable=True,
        description="Salary per win above replacement; null for a free agent.",
        metadata={"unit": "dollars per win"},
    )
    ageing_value = dy.Float64(
        nullable=True,
        min=0,
        description="Points above replacement of the next three seasons by age curves alone, "
        "later ones counting less; not the dynasty value, which rests on projections; "
        "null without an age and for positions whose ageing is not known.",
        metadata={"unit": "points"},
    )
    market_value = dy.Float64(
        nullable=True,
        min=0,
        description="Trade value by the market source.",
        metadata={"unit": "market points"},
    )
    market_gap_pct = dy.Float64(
        nullable=True,
        description="Ageing value on the market's scale less market_value, as a share of it; 0.12 "
        "is 12 % more.",
        metadata={"unit": "share of 1"},
    )
    market_gap_z = dy.Float64(
        nullable=True,
        description="Ageing value on the market's scale less market_value, by its usual noise.",
        metadata={"unit": "standard deviations"},
    )
    model_version = dy.String(description="Version of the code that computed the row.")
    input_snapshot_id = dy.Int64(min=0, description="Lake snapshot that was read.")

    @dy.rule()
    def quantiles_are_ordered(cls) -> pl.Expr:
        return (pl.col("p10") <= pl.col("p50")) & (pl.col("p50") <= pl.col("p90"))

    @dy.rule()
    def free_agents_have_no_efficiency(cls) -> pl.Expr:
        return (
            pl.col("salary").is_not_null() | pl.col("contract_efficiency_dollar_per_war").is_null()
        )
