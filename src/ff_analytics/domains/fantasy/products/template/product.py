"""The smallest complete product: points by position. `ff new product` copies this file.

What to change in a copy: the parameters, the inputs, `compute`, and the contract beside it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ff_analytics.domains.fantasy.league.league import profile_names
from ff_analytics.engine.base.forms.fields import Mark, OneOf
from ff_analytics.engine.products.product import (
    MartInput,
    Product,
    ProductParams,
    RunContext,
    Scope,
)

if TYPE_CHECKING:
    import polars as pl


class TemplateParams(ProductParams):
    """What the deployment's form asks."""

    league: Annotated[str, Mark.NAMES_RUN, OneOf(profile_names)] = Field(
        "dynasty_half_ppr", description="League profile, a file in leagues/."
    )
    season: Annotated[int | None, Mark.NAMES_RUN] = Field(
        None,
        examples=[2024],
        description="Season to add up. Empty = the latest of which enough is played.",
    )


def _rows(params: TemplateParams) -> tuple[str, list[Any]]:
    """Regular season only: leagues are decided before the playoffs begin."""
    return "league = ? AND season = ? AND season_type = 'REG'", [params.league, params.season]


def compute(
    frames: Mapping[str, "pl.DataFrame"], params: TemplateParams, context: RunContext
) -> "pl.DataFrame":
    """Points and players by position; pure, so that the same snapshot gives the same rows."""
    import polars as pl

    weeks = frames["marts.mrt_fantasy_actuals_weekly"]
    return weeks.group_by("position").agg(
        league=pl.lit(params.league),
        season=pl.lit(params.season, dtype=pl.Int32),
        players=pl.col("player_id").n_unique().cast(pl.Int64),
        total_points=pl.col("fantasy_points").sum().round(2),
        snapshot_date=pl.lit(context.snapshot_date),
    )


def prepare(settings: Any) -> None:
    """League profiles must be in the lake before the marts are built."""
    from ff_analytics.domains.fantasy.league.sync import sync_leagues

    sync_leagues(settings)


def settle(con: Any, params: TemplateParams) -> TemplateParams:
    """The latest season of which enough is played, unless the parameters name one."""
    from ff_analytics.domains.fantasy.checks.checks import settle_season
    from ff_analytics.engine.base.settings import get_settings

    return settle_season(con, params, get_settings().season_min_weeks)


PRODUCT = Product(
    name="template",
    title="Template",
    description="Points by position in the regular season, as the smallest complete product.",
    output="template",
    params=TemplateParams,
    inputs=(
        MartInput(
            mart="marts.mrt_fantasy_actuals_weekly",
            columns=("position", "player_id", "fantasy_points"),
            upstream=(
                "raw_nflverse.player_week",
                "raw_nflverse.players",
                "raw_nflverse.schedules",
                "raw_league.scoring_rules",
            ),
            where=_rows,
        ),
    ),
    contract_path="ff_analytics.domains.fantasy.products.template.contract:Template",
    dbt_models="mrt_template",
    compute=compute,
    prepare=prepare,
    settle=settle,
    scope=Scope("league", ("league",), lambda p: [p.league], part="position", period="season"),
    top=("position", "players", "total_points"),
    sort_by="total_points",
)
