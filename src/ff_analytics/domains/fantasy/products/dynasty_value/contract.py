"""Contract of `data/analytics/dynasty_value_composite/latest.parquet` and its mart."""

import dataframely as dy
import polars as pl

from ff_analytics.domains.fantasy.formulas.dynasty.trade_bands import BANDS


def _component(description: str, *, nullable: bool = True) -> dy.Float64:
    unit = {"unit": "share of 1"}
    return dy.Float64(min=0, max=1, nullable=nullable, description=description, metadata=unit)


def _score(description: str) -> dy.Float64:
    return dy.Float64(min=0, max=10_000, description=description, metadata={"unit": "score"})


class DynastyValue(dy.Schema):
    """One row per player or draft pick x league x snapshot_date.

    Values are points above replacement over the seasons ahead, discounted; scores run from 0 to
    10,000. A component is null where it is not known, and its weight goes to the others.
    """

    player_id = dy.String(
        primary_key=True, description="Player, or PICK-<season>-<round>[-<slot>] for a draft pick."
    )
    league = dy.String(
        primary_key=True, description="League profile whose slots, scoring and money were used."
    )
    snapshot_date = dy.Date(
        primary_key=True, description="Date of the valuation in the league's timezone."
    )
    asset_type = dy.String(
        check=lambda kind: kind.is_in(["player", "pick"]), description="player or pick."
    )
    base_season = dy.Int32(
        min=1999,
        max=2100,
        description="Last season that the projections know; values are of the seasons after it.",
        metadata={"unit": "year"},
    )
    outlook = dy.String(
        description="Preset of score, rank and dynasty_value: contender, balanced or rebuilder."
    )
    player_name = dy.String(description="Name as displayed.")
    position = dy.String(description="Position that the league drafts by; PICK for a draft pick.")
    team = dy.String(nullable=True, description="NFL team, null without one.")
    franchise = dy.String(
        nullable=True,
        description="Franchise that has the player under contract, null for a free agent.",
    )
    age = dy.Float64(nullable=True, min=15, max=60, description="Age.", metadata={"unit": "years"})
    overall_rank = dy.Int32(
        min=1, description="Rank by score over all assets, from 1.", metadata={"unit": "rank"}
    )
    position_rank = dy.Int32(
        min=1, description="Rank by score within the position, from 1.", metadata={"unit": "rank"}
    )
    dynasty_value_score = _score("Composite score of the chosen preset, 0 to 10,000.")
    score_contender = _score("Composite score with 25 % discount per year, 0 to 10,000.")
    score_balanced = _score("Composite score with 20 % discount per year, 0 to 10,000.")
    score_rebuilder = _score("Composite score with 15 % discount per year, 0 to 10,000.")
    dynasty_value = dy.Float64(
        min=0,
        description="Points above replacement over all projected seasons, discounted with the "
        "chosen preset; not the ageing value of the valuation.",
        metadata={"unit": "points"},
    )
    value_contender = dy.Float64(
        min=0, description="dynasty_value with 25 % discount per year.", metadata={"unit": "points"}
    )
    value_balanced = dy.Float64(
        min=0, description="dynasty_value with 20 % discount per year.", metadata={"unit": "points"}
    )
    value_rebuilder = dy.Float64(
        min=0, description="dynasty_value with 15 % discount per year.", metadata={"unit": "points"}
    )
    dynasty_low = dy.Float64(
        nullable=True,
        min=0,
        description="dynasty_value with every forecast one standard deviation down.",
        metadata={"unit": "points"},
    )
    dynasty_high = dy.Float64(
        nullable=True,
        min=0,
        description="dynasty_value with every forecast one standard deviation up.",
        metadata={"unit": "points"},
    )
    next_season_value = dy.Float64(
        min=0,
        description="Expected points above replacement of the next season.",
        metadata={"unit": "points"},
    )
    later_seasons_value = dy.Float64(
        min=0,
        description="Discounted points above replacement of the seasons after it.",
        metadata={"unit": "points"},
    )
    vor_component = _component("next_season_value as a share of the best.", nullable=False)
    economics_component = _component(
        "contract_surplus as a share of the best; null without a contract."
    )
    age_component = _component("later_seasons_value as a share of the best.", nullable=False)
    scarcity_component = _component("Value over the best free agent as a share of the best.")
    variance_component = _component("Value left at the lower quartile as a share of the best.")
    market_component = _component("market_value as a share of the best; null if not listed.")
    points_per_game = dy.Float64(
        nullable=True,
        description="Median of next season's points per game.",
        metadata={"unit": "points per game"},
    )
    games_share = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        description="Expected share of next season's games.",
        metadata={"unit": "share of 1"},
    )
    replacement_level = dy.Float64(
        nullable=True,
        description="Points per game of the replacement player at the position.",
        metadata={"unit": "points per game"},
    )
    evidence = dy.String(description="What the projection rests on; draft slot for a pick.")
    credibility = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        description="How far the forecast rests on the player's own record; it multiplies the "
        "value.",
        metadata={"unit": "share of 1"},
    )
    salary = dy.Float64(
        nullable=True,
        min=0,
        description="Salary of the next season; null for a free agent.",
        metadata={"unit": "dollars"},
    )
    contract_surplus = dy.Float64(
        nullable=True,
        description="Worth of the seasons under contract less their salaries, discounted.",
        metadata={"unit": "dollars"},
    )
    roster_spot_cost = dy.Float64(
        min=0,
        description="dynasty_value of the best player whom no roster holds; the same for all.",
        metadata={"unit": "points"},
    )
    package_value = dy.Float64(
        description="What the asset adds to its side of a trade; the larger sum wins.",
        metadata={"unit": "points"},
    )
    market_value = dy.Float64(
        nullable=True,
        min=0,
        description="Trade value by the market source.",
        metadata={"unit": "market points"},
    )
    market_delta = dy.Float64(
        nullable=True,
        description="Dynasty value on the market's scale less market_value.",
        metadata={"unit": "market points"},
    )
    market_gap_pct = dy.Float64(
        nullable=True,
        description="market_delta as a share of market_value; 0.12 is 12 % more.",
        metadata={"unit": "share of 1"},
    )
    market_gap_z = dy.Float64(
        nullable=True,
        description="market_delta against the errors of both.",
        metadata={"unit": "standard deviations"},
    )
    trade_band = dy.String(
        nullable=True,
        check=lambda band: band.is_in(BANDS),
        description="STRONG_BUY, BUY, HOLD, SELL or STRONG_SELL; null without a market value.",
    )
    model_version = dy.String(description="Version of the code that computed the row.")
    input_snapshot_id = dy.Int64(min=0, description="Lake snapshot that was read.")

    @dy.rule()
    def range_holds_the_value(cls) -> pl.Expr:
        low, high = pl.col("dynasty_low"), pl.col("dynasty_high")
        return (low <= pl.col("dynasty_value") + 1e-6) & (pl.col("dynasty_value") <= high + 1e-6)
