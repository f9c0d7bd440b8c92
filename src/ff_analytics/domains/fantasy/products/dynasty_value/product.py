"""Dynasty value: what the seasons ahead are worth, one score, picks, and whom to trade for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ff_analytics.domains.fantasy.formulas.dynasty.dynasty_options import DynastyOptions
from ff_analytics.domains.fantasy.league.inputs import (
    CONTRACTS,
    CONTRACTS_INPUT,
    MARKET,
    MARKET_INPUT,
    PROFILE_INPUT,
    PROFILES,
    PROJECTIONS,
    LeagueChoice,
    sync_leagues_first,
)
from ff_analytics.domains.fantasy.league.league import LeagueProfile
from ff_analytics.engine.products.product import (
    MartInput,
    Product,
    ProductParams,
    RunContext,
    Scope,
    newest_rows,
)

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from ff_analytics.engine.checks.result import CheckResult


class DynastyParams(ProductParams, DynastyOptions, LeagueChoice):
    """Parameters of `analytics/dynasty-value`."""

    @property
    def timezone(self) -> str:
        return self.profile.timezone


def compute(
    frames: "Mapping[str, pl.DataFrame]", params: DynastyParams, context: RunContext
) -> "pl.DataFrame":
    """Frames by mart name in, a frame of the contract's columns out; see `fantasy/assets.py`."""
    import polars as pl

    from ff_analytics.domains.fantasy.products.dynasty_value.compute import Frames, value_assets
    from ff_analytics.domains.fantasy.products.dynasty_value.contract import DynastyValue

    profile = LeagueProfile.model_validate_json(frames[PROFILES]["json"].item())
    market = frames[MARKET].filter(pl.col("format") == profile.market_format).drop("format")
    loaded = Frames(frames[PROJECTIONS], frames[CONTRACTS], market)
    # Six decimals: what is beyond them is the noise of adding in floating point.
    return (
        value_assets(loaded, profile, params)
        .with_columns(
            pl.col(pl.Float64).round(6),
            snapshot_date=pl.lit(context.snapshot_date),
            input_snapshot_id=pl.lit(context.snapshot, dtype=pl.Int64),
        )
        .select(DynastyValue.column_names())
    )


def _report(frame: "pl.DataFrame", run: Any) -> str:
    from ff_analytics.domains.fantasy.products.dynasty_value.report import of_run

    return of_run(frame, run)


def _check_market(con: "duckdb.DuckDBPyConnection", params: DynastyParams) -> "list[CheckResult]":
    from ff_analytics.domains.fantasy.checks.market_checks import market_matched

    return market_matched(con, params.profile.market_format)


PRODUCT = Product(
    name="dynasty-value",
    title="Dynasty value",
    description="What players and draft picks are worth over the seasons ahead: discounted value "
    "with its option on the bench, a composite score from 0 to 10,000, and where the market errs.",
    output="dynasty_value_composite",
    params=DynastyParams,
    inputs=(
        MartInput(
            mart=PROJECTIONS,
            columns=(
                "player_id",
                "player_name",
                "position",
                "team",
                "age",
                "base_season",
                "horizon",
                "games_share",
                "points_per_game_p10",
                "points_per_game_p50",
                "points_per_game_p90",
                "evidence",
                "data_share",
            ),
            where=newest_rows(PROJECTIONS),
        ),
        CONTRACTS_INPUT,
        MARKET_INPUT,
        PROFILE_INPUT,
    ),
    contract_path="ff_analytics.domains.fantasy.products.dynasty_value.contract:DynastyValue",
    dbt_models="mrt_dynasty_value_composite mrt_trade_targets",
    compute=compute,
    prepare=sync_leagues_first,
    renamed={"season_asof": "base_season", "basis": "evidence"},
    scope=Scope("league", ("league",), lambda p: [p.league], part="position", period="base_season"),
    report=_report,
    checks=(_check_market,),
    top=(
        "overall_rank",
        "player_name",
        "position",
        "team",
        "franchise",
        "age",
        "dynasty_value_score",
        "dynasty_value",
        "value_contender",
        "value_rebuilder",
        "package_value",
        "market_value",
        "trade_band",
    ),
    sort_by="dynasty_value_score",
    label="player_name",
)
