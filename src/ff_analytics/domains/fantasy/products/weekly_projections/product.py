"""Weekly projections: points of the coming week, with opponent, ranking, injuries and range."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, model_validator

from ff_analytics.domains.fantasy.league.inputs import LeagueChoice, sync_leagues_first
from ff_analytics.domains.fantasy.projection.week.inputs import week_inputs
from ff_analytics.engine.base.forms.fields import Mark
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

# Seasons of history that the models are fitted on.
SEASONS = 8


class _WeekOptions(BaseModel):
    season: Annotated[int | None, Mark.NAMES_RUN] = Field(
        None,
        examples=[2024],
        ge=1999,
        le=2100,
        description="Season of a past week to project from what was known before it. Empty = the "
        "coming week; after the season its last one.",
    )
    week: Annotated[int | None, Mark.NAMES_RUN] = Field(
        None, examples=[7], ge=1, le=22, description="Week of that season; needs season."
    )

    @model_validator(mode="after")
    def _both(self) -> "_WeekOptions":
        if (self.season is None) != (self.week is None):
            raise ValueError("season and week are given together, e.g. season 2024 and week 7")
        return self


class WeeklyParams(ProductParams, _WeekOptions, LeagueChoice):
    """Parameters of `analytics/weekly-projections`."""

    @property
    def timezone(self) -> str:
        return self.profile.timezone


def _weeks(params: WeeklyParams) -> tuple[str, list[Any]]:
    return (
        "league = ? AND season_type = 'REG' AND season BETWEEN ? AND ?",
        [params.league, *_span(params)],
    )


def _span(params: WeeklyParams) -> list[Any]:
    last = params.season or 0
    return [last - SEASONS, last]


def _seasons(params: WeeklyParams) -> tuple[str, list[Any]]:
    return "season BETWEEN ? AND ?", _span(params)


def coming_week(con: "duckdb.DuckDBPyConnection", today: str) -> tuple[int, int] | None:
    """Season and week whose games come next; of a season that is over the last week.

    A week counts as over once no game of it that is due from today on lacks a score, so that a
    postponed game of an old week holds nothing up. None for a lake without statistics.
    """
    played = con.execute(
        "SELECT season, week FROM raw_nflverse.player_week WHERE season_type = 'REG' "
        "ORDER BY season DESC, week DESC LIMIT 1"
    ).fetchone()
    coming = con.execute(
        "SELECT season, week FROM raw_nflverse.schedules "
        "WHERE game_type = 'REG' AND home_score IS NULL AND gameday >= ?::DATE "
        "ORDER BY season, week LIMIT 1",
        [today],
    ).fetchone()
    return played and (coming or played)


def _settle(con: "duckdb.DuckDBPyConnection", params: WeeklyParams) -> WeeklyParams:
    if params.season is not None:
        return params
    day = params.snapshot_date or datetime.now(ZoneInfo(params.timezone)).date()
    found = coming_week(con, day.isoformat())
    if found is None:
        return params
    return params.model_copy(update={"season": found[0], "week": found[1]})


def compute(
    frames: "Mapping[str, pl.DataFrame]", params: WeeklyParams, context: RunContext
) -> "pl.DataFrame":
    """Frames by mart name in, rows of the contract out; see `projection/week/project.py`."""
    import polars as pl

    from ff_analytics.domains.fantasy.products.weekly_projections.contract import WeeklyProjection
    from ff_analytics.domains.fantasy.projection.week.project import project_week

    assert params.season is not None
    assert params.week is not None
    # Six decimals: what is beyond them is the noise of adding in floating point.
    return (
        project_week(frames, params.season, params.week)
        .with_columns(
            pl.col(pl.Float64).round(6),
            league=pl.lit(params.league),
            snapshot_date=pl.lit(context.snapshot_date),
            input_snapshot_id=pl.lit(context.snapshot, dtype=pl.Int64),
        )
        .select(WeeklyProjection.column_names())
    )


def _report(frame: "pl.DataFrame", run: Any) -> str:
    from ff_analytics.domains.fantasy.products.weekly_projections.report import of_run

    return of_run(frame, run)


PRODUCT = Product(
    name="weekly-projections",
    title="Weekly projections",
    description="What every player is expected to score in the coming week, with the range, the "
    "opponent, the injury report and the week's ranking where they are loaded.",
    output="weekly_projections",
    params=WeeklyParams,
    inputs=(
        *week_inputs(_weeks, _seasons),
        MartInput(
            mart="core.dim_player",
            columns=("player_id", "display_name", "position", "current_team", "last_season"),
            upstream=("raw_nflverse.player_week", "raw_nflverse.players"),
        ),
    ),
    contract_path="ff_analytics.domains.fantasy.products.weekly_projections.contract:WeeklyProjection",
    dbt_models="mrt_weekly_projections",
    compute=compute,
    prepare=sync_leagues_first,
    settle=_settle,
    scope=Scope("league", ("league",), lambda p: [p.league], part="position", period="season"),
    report=_report,
    top=(
        *("player_name", "position", "team", "opponent_team", "availability", "ranking"),
        *("points", "points_p10", "points_p90"),
    ),
    sort_by="points",
    label="player_name",
)
