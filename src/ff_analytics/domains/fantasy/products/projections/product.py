"""Multi-year projections: points per game, games and ranges of the next five seasons."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, field_validator

from ff_analytics.domains.fantasy.league.inputs import PROFILES, LeagueChoice, sync_leagues_first
from ff_analytics.domains.fantasy.league.league import (
    LeagueProfile,
    load_profile,
    profile_names,
)
from ff_analytics.domains.fantasy.projection.data.columns import (
    DRAFTED,
    ENOUGH_WEEKS,
    HISTORY,
    HISTORY_UPSTREAM,
    RANKINGS_INPUT,
)
from ff_analytics.domains.fantasy.projection.data.settings import Model
from ff_analytics.engine.base.forms.fields import Mark, OneOf
from ff_analytics.engine.products.product import (
    MartInput,
    Product,
    ProductParams,
    RunContext,
    Scope,
)

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from ff_analytics.engine.checks.result import CheckResult

SEASONS = "marts.mrt_player_season"
PLAYERS = "core.dim_player"


class _ProjectionOptions(BaseModel):
    leagues: Annotated[list[Annotated[str, OneOf(profile_names)]] | None, Mark.NAMES_RUN] = Field(
        None,
        examples=[["redraft_ppr"]],
        min_length=1,
        description="Several leagues in one run instead, e.g. [redraft_ppr, superflex_tep]: the "
        "history is read once for all. Empty = the league above.",
    )
    season: Annotated[int | None, Mark.NAMES_RUN] = Field(
        None,
        examples=[2024],
        ge=1999,
        le=2100,
        description="Last season that is known, e.g. 2024: projections start with the next one. "
        "Empty = the latest season of which half is played.",
    )
    model: Model = Field(
        Model.MARKET,
        description="How points per game are projected. market adds the ranking before the season "
        "to the ridge, where one is loaded for player and season; it wins the back-test. The "
        "others are rungs to compare with: last-season, marcel, tuned-marcel, age-curve, ridge, "
        "rankings.",
    )

    @field_validator("leagues")
    @classmethod
    def _exist(cls, value: list[str] | None) -> list[str] | None:
        for name in value or ():
            load_profile(name)
        return None if value is None else list(dict.fromkeys(value))


class ProjectionsParams(ProductParams, _ProjectionOptions, LeagueChoice):
    """Parameters of `analytics/projections`."""

    @property
    def chosen(self) -> list[str]:
        """The leagues of this run."""
        return self.leagues or [self.league]

    @property
    def profile(self) -> LeagueProfile:
        return load_profile(self.chosen[0])

    @property
    def timezone(self) -> str:
        return self.profile.timezone


def _chosen_leagues(params: ProjectionsParams) -> tuple[str, list[Any]]:
    return f"league IN ({', '.join('?' for _ in params.chosen)})", list(params.chosen)


def _drafted(params: ProjectionsParams) -> tuple[str, list[Any]]:
    return "draft_pick IS NOT NULL AND draft_year >= 1999", []


def _check_season(
    con: "duckdb.DuckDBPyConnection", params: ProjectionsParams
) -> "list[CheckResult]":
    from ff_analytics.domains.fantasy.checks import checks
    from ff_analytics.domains.fantasy.checks.season_check import season_is_loaded

    return season_is_loaded(con, params.season) or [
        *checks.newer_season(con, params, ENOUGH_WEEKS),
        *checks.players_known(con, params),
    ]


def _settle(con: "duckdb.DuckDBPyConnection", params: ProjectionsParams) -> ProjectionsParams:
    from ff_analytics.domains.fantasy.checks.checks import settle_season

    return settle_season(con, params, ENOUGH_WEEKS)


def compute(
    frames: "Mapping[str, pl.DataFrame]", params: ProjectionsParams, context: RunContext
) -> "pl.DataFrame":
    """Frames by mart name in, rows of the contract out; see `fantasy/projection/project.py`."""
    import polars as pl

    from ff_analytics.domains.fantasy.products.projections.contract import MultiYearProjection
    from ff_analytics.domains.fantasy.projection.model.project import Past, project

    past = Past.of(
        frames[SEASONS], frames[PLAYERS], params.season, params.model, frames[RANKINGS_INPUT.mart]
    )
    profiles = dict(frames[PROFILES].select("league", "json").iter_rows())
    found = [
        project(past, LeagueProfile.model_validate_json(profiles[name])) for name in params.chosen
    ]
    # Six decimals: what is beyond them is the noise of adding in floating point.
    return (
        pl.concat(found)
        .with_columns(
            pl.col(pl.Float64).round(6),
            snapshot_date=pl.lit(context.snapshot_date),
            input_snapshot_id=pl.lit(context.snapshot, dtype=pl.Int64),
        )
        .select(MultiYearProjection.column_names())
    )


def _report(frame: "pl.DataFrame", run: Any) -> str:
    from ff_analytics.domains.fantasy.products.projections.report import of_run

    return of_run(frame, run)


PRODUCT = Product(
    name="projections",
    title="Multi-year projections",
    description="What every player is expected to score in the next five seasons: points per "
    "game with their range, games, age, and how much of it is his own record.",
    output="multi_year_projections",
    params=ProjectionsParams,
    inputs=(
        MartInput(
            mart=SEASONS,
            columns=HISTORY,
            upstream=HISTORY_UPSTREAM,
        ),
        MartInput(
            mart=PLAYERS,
            columns=DRAFTED,
            upstream=("raw_nflverse.player_week", "raw_nflverse.players"),
            where=_drafted,
            allow_empty=True,
        ),
        RANKINGS_INPUT,
        MartInput(mart=PROFILES, columns=("league", "json"), where=_chosen_leagues),
    ),
    contract_path="ff_analytics.domains.fantasy.products.projections.contract:MultiYearProjection",
    dbt_models="mrt_multi_year_projections",
    compute=compute,
    prepare=sync_leagues_first,
    settle=_settle,
    scope=Scope(
        "league",
        ("league", "leagues"),
        lambda p: p.chosen,
        part="position",
        period="base_season",
    ),
    report=_report,
    checks=(_check_season,),
    top=(
        "player_name",
        "position",
        "team",
        "projection_season",
        "points_per_game",
        "points_per_game_p10",
        "points_per_game_p90",
        "games_share",
        "total_points",
        "evidence",
    ),
    sort_by="total_points",
    renamed={"basis": "evidence"},
    label="player_name",
)
