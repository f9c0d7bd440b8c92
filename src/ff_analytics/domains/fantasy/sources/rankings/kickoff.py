"""When a season and each of its weeks began: a ranking of a later day knows what it foretells."""

from datetime import date, timedelta

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.engine.base.settings import Settings

SCHEDULES = "raw_nflverse.schedules"
# A season is named by the year in which it begins; its draft is in April.
_FIRST_MONTH = 3
_WEEKS = 22
_MONDAY_AFTER = timedelta(days=4)


def usual_kickoff(season: int) -> date:
    """The Thursday after Labor Day, the first Monday of September."""
    first = date(season, 9, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 3)


def games(settings: Settings) -> pl.DataFrame:
    """season, week, team, gameday of the schedules in the lake; empty without them."""
    kinds = {"season": pl.Int32, "week": pl.Int32, "team": pl.String, "gameday": pl.Date}
    empty = pl.DataFrame(schema=kinds)
    sides = " UNION ALL ".join(
        f"SELECT season, week, {side} AS team, gameday FROM {SCHEDULES} WHERE gameday IS NOT NULL"
        for side in ("home_team", "away_team")
    )
    try:
        with lake.connect(settings=settings) as con:
            if not lake.table_exists(con, SCHEDULES):
                return empty
            return con.execute(sides).pl().cast(kinds)  # type: ignore[arg-type]
    except LakeMissing:
        return empty


def weeks(seasons: list[int], played: pl.DataFrame) -> pl.DataFrame:
    """season, week, first and last day: of the schedule, else Thursday to Monday as usual."""
    usual = pl.DataFrame(
        [
            (season, week, usual_kickoff(season) + timedelta(days=7 * (week - 1)))
            for season in seasons
            for week in range(1, _WEEKS + 1)
        ],
        schema={"season": pl.Int32, "week": pl.Int32, "_first": pl.Date},
        orient="row",
    ).with_columns(_last=pl.col("_first") + _MONDAY_AFTER)
    real = played.group_by("season", "week").agg(
        first=pl.col("gameday").min(), last=pl.col("gameday").max()
    )
    return usual.join(real, on=["season", "week"], how="left").select(
        "season",
        "week",
        first=pl.coalesce("first", "_first"),
        last=pl.coalesce("last", "_last"),
    )


def season_of(day: pl.Expr) -> pl.Expr:
    """The season that a day belongs to: from March on its own year's."""
    return day.dt.year() - (day.dt.month() < _FIRST_MONTH).cast(pl.Int32)


def dated(rows: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """`rows` with season and week filled in from `ranked_on`, and `too_late`.

    A row is too late when it was ranked after the day of the season's first game (week 0), or
    after the day of its team's game of that week; without a schedule or club after the week's
    first game. Rows without a day are never too late; who hands them over answers for them.
    """
    rows = rows.with_columns(
        season=pl.coalesce("season", season_of(pl.col("ranked_on"))).cast(pl.Int32)
    )
    played = games(settings)
    calendar = weeks(sorted(rows["season"].drop_nulls().unique()), played)
    undated_week = rows.filter(pl.col("week").is_null() & pl.col("ranked_on").is_not_null())
    if undated_week.height:
        days = undated_week.select("season", "ranked_on").unique()
        found = (
            days.join(calendar, on="season")
            .filter(pl.col("ranked_on") <= pl.col("last"))
            .group_by("season", "ranked_on")
            .agg(_week=pl.col("week").min())
        )
        rows = rows.join(found, on=["season", "ranked_on"], how="left", maintain_order="left")
        rows = rows.with_columns(week=pl.coalesce("week", "_week")).drop("_week")
    rows = rows.with_columns(week=pl.col("week").fill_null(0).cast(pl.Int32))
    starts = calendar.select("season", "week", kickoff="first")
    starts = pl.concat(
        [starts, starts.filter(pl.col("week") == 1).with_columns(week=pl.lit(0, pl.Int32))]
    )
    own = played.group_by("season", "week", "team").agg(own=pl.col("gameday").min())
    joined = rows.join(starts, on=["season", "week"], how="left", maintain_order="left").join(
        own.rename({"team": "club"}),
        on=["season", "week", "club"],
        how="left",
        maintain_order="left",
    )
    return (
        joined.with_columns(kickoff=pl.coalesce("own", "kickoff"))
        .drop("own")
        .with_columns(too_late=(pl.col("ranked_on") > pl.col("kickoff")).fill_null(False))
    )
