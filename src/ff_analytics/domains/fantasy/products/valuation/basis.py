"""The weeks that count: one season, or the last weeks up to its end."""

from dataclasses import dataclass

import polars as pl

from ff_analytics.domains.fantasy.formulas.value.options import Basis
from ff_analytics.domains.fantasy.formulas.weeks.weeks import PlayerWeeks, number_players
from ff_analytics.engine.base.errors import BrokenInput, ConfigError


@dataclass(frozen=True)
class Window:
    """Season valued, number of weeks in the window, and its rows."""

    season: int
    length: int
    weeks: PlayerWeeks


def valued_season(weekly: pl.DataFrame, season: int | None) -> int:
    """The season asked for, or the last one in the frame.

    Runs ask for one by name: `fantasy.played` chooses it before the frame is read.

    Raises `BrokenInput` without any game, `ConfigError` listing the seasons that exist.
    """
    played = weekly.select(
        pl.col("season").filter(pl.col("games_played") > 0).unique().sort()
    ).to_series()
    if played.is_empty():
        raise BrokenInput(
            "The weekly mart has no regular-season game of this league. Load a season first: "
            "ingest/nflverse, or scripts/quickstart for the sample league."
        )
    if season is None:
        return int(played[-1])
    if season not in played:
        raise ConfigError(
            f"Season {season} has no games in the weekly mart. Seasons there: "
            f"{', '.join(str(s) for s in played)}. Choose one, or load {season} first."
        )
    return season


def window(
    weekly: pl.DataFrame,
    *,
    season: int | None,
    basis: Basis,
    trailing_weeks: int,
    last_week: int,
) -> Window:
    """Weeks 1 to `last_week` of the season, or the last weeks up to its end across seasons.

    `weekly`: one row per player, season and week of one league's regular season, with
    player_id, season, week, position, display_name, team, birth_date, games_played (1 with
    an opportunity) and fantasy_points. A trailing window longer than the data is as long as
    the data.
    """
    asof = valued_season(weekly, season)
    first = asof if basis is Basis.SEASON else 0
    counts = weekly.select(
        order=pl.col("season").cast(pl.Int32) * 100 + pl.col("week").cast(pl.Int32),
        inside=pl.col("season").is_between(first, asof) & (pl.col("week") <= last_week),
    )
    orders = counts.select(pl.col("order").filter("inside").unique().sort()).to_series()
    if basis is Basis.TRAILING:
        orders = orders.tail(trailing_weeks)
    inside = counts["inside"]
    if orders.len():
        inside &= counts["order"] >= orders[0]
    # Copying millions of rows to drop none of them would be pure cost.
    rows = weekly.with_columns(counts["order"])
    rows = rows if inside.all() else rows.filter(inside)
    return Window(asof, orders.len(), number_players(rows))
