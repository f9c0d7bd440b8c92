"""Player valuation: VOR, WAR, auction dollars, tiers, ranges and ageing value of a league."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ff_analytics.domains.fantasy.formulas.value.options import Basis, ValuationOptions
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
from ff_analytics.engine.base.settings import get_settings
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

WEEKLY = "marts.mrt_fantasy_actuals_weekly"
# No NFL season had fewer regular-season weeks since 1990 (1999-2000: 17, now 18).
_WEEKS_OF_A_SEASON = 16


class ValuationParams(ProductParams, ValuationOptions, LeagueChoice):
    """Parameters of `analytics/valuation`; the form shows league and season first."""

    @property
    def timezone(self) -> str:
        return self.profile.timezone


def _weekly_rows(params: ValuationParams) -> tuple[str, list[Any]]:
    """Regular season of the league, only the seasons that the window can touch."""
    condition, values = "league = ? AND season_type = 'REG'", [params.league]
    if params.season is None:
        # Only in a lake without any game: nothing to settle on, nothing to read.
        return condition, values
    back = -(-params.trailing_weeks // _WEEKS_OF_A_SEASON)
    if params.basis is Basis.SEASON:
        return f"{condition} AND season = {params.season}", values
    return f"{condition} AND season BETWEEN {params.season} - {back} AND {params.season}", values


def _from_projections(params: ValuationParams) -> bool:
    return params.basis is Basis.PROJECTIONS


def _from_weeks(params: ValuationParams) -> bool:
    return not _from_projections(params)


def _projected_rows(params: ValuationParams) -> tuple[str, list[Any]]:
    """The newest projections of the league: of the season asked for, or of the next one."""
    condition, values = newest_rows(PROJECTIONS)(params)
    if params.season is None:
        return f"{condition} AND horizon = 1", values
    return f"{condition} AND projection_season = {params.season}", values


def _check_season(con: "duckdb.DuckDBPyConnection", params: ValuationParams) -> "list[CheckResult]":
    from ff_analytics.domains.fantasy.checks import checks, defence_check
    from ff_analytics.domains.fantasy.checks.season_check import season_is_loaded

    if _from_projections(params):
        return []
    missing = season_is_loaded(con, params.season)
    if missing:
        return missing
    rules = (
        checks.season_complete,
        checks.players_known,
        checks.plausible_games,
        defence_check.points_allowed_known,
    )
    held_back = checks.newer_season(con, params, get_settings().season_min_weeks)
    return held_back + [result for rule in rules for result in rule(con, params)]


def _settle(con: "duckdb.DuckDBPyConnection", params: ValuationParams) -> ValuationParams:
    from ff_analytics.domains.fantasy.checks.checks import settle_season

    # Projections are of the season after the one that they start from.
    if _from_projections(params):
        return params
    return settle_season(con, params, get_settings().season_min_weeks)


def compute(
    frames: "Mapping[str, pl.DataFrame]", params: ValuationParams, context: RunContext
) -> "pl.DataFrame":
    """Frames by mart name in, a frame of the contract's columns out; see `compute.py`."""
    import polars as pl

    from ff_analytics.domains.fantasy.formulas.weeks.projected_weeks import projected_weeks
    from ff_analytics.domains.fantasy.products.valuation.compute import (
        ValuationFrames,
        value_players,
    )
    from ff_analytics.domains.fantasy.products.valuation.contract import PlayerValuation

    profile = LeagueProfile.model_validate_json(frames[PROFILES]["json"].item())
    market = frames[MARKET].filter(pl.col("format") == profile.market_format).drop("format")
    weekly = (
        projected_weeks(frames[PROJECTIONS], profile.weeks)
        if _from_projections(params)
        else frames[WEEKLY]
    )
    loaded = ValuationFrames(weekly, frames[CONTRACTS], market)
    valued = value_players(loaded, profile, params)
    # Six decimals: what is beyond them is the noise of adding in floating point.
    return valued.with_columns(
        pl.col(pl.Float64).round(6),
        snapshot_date=pl.lit(context.snapshot_date),
        input_snapshot_id=pl.lit(context.snapshot, dtype=pl.Int64),
    ).select(PlayerValuation.column_names())


def _report(frame: "pl.DataFrame", run: Any) -> str:
    from ff_analytics.domains.fantasy.products.valuation.report import of_run

    return of_run(frame, run)


PRODUCT = Product(
    name="valuation",
    title="Player valuation",
    description="What every player was worth in your league: value over replacement, wins, "
    "auction dollars, tiers, weekly range, contract efficiency and ageing value.",
    output="player_valuation",
    params=ValuationParams,
    inputs=(
        MartInput(
            mart=WEEKLY,
            columns=(
                "player_id",
                "season",
                "week",
                "position",
                "display_name",
                "team",
                "birth_date",
                "games_played",
                "fantasy_points",
            ),
            upstream=(
                "raw_nflverse.player_week",
                "raw_nflverse.players",
                "raw_nflverse.schedules",
                "raw_league.scoring_rules",
            ),
            where=_weekly_rows,
            needed=_from_weeks,
        ),
        MartInput(
            mart=PROJECTIONS,
            columns=(
                "player_id",
                "player_name",
                "position",
                "team",
                "age",
                "projection_season",
                "games_share",
                "total_points",
            ),
            where=_projected_rows,
            needed=_from_projections,
        ),
        CONTRACTS_INPUT,
        MARKET_INPUT,
        PROFILE_INPUT,
    ),
    contract_path="ff_analytics.domains.fantasy.products.valuation.contract:PlayerValuation",
    dbt_models="mrt_player_valuation",
    compute=compute,
    prepare=sync_leagues_first,
    settle=_settle,
    scope=Scope("league", ("league",), lambda p: [p.league], part="position", period="season"),
    report=_report,
    checks=(_check_season,),
    top=(
        "overall_rank",
        "player_name",
        "position",
        "team",
        "franchise",
        "total_points",
        "points_per_game",
        "vor",
        "war",
        "auction_value",
        "tier",
        "ageing_value",
    ),
    sort_by="vor",
    renamed={
        "league_profile": "league",
        "season_asof": "season",
        "projected_points": "total_points",
        "ppg": "points_per_game",
        "dynasty_value": "ageing_value",
    },
    label="player_name",
)
