"""Rows of one week: who may play, against whom, and the points that the models expect."""

from collections.abc import Mapping

import polars as pl

from ff_analytics.domains.fantasy.projection.week.features import (
    ACTIVE,
    INJURIES,
    PLAYERS,
    RANKINGS,
    TEAM_WEEKS,
    WEEKS,
    features,
    scores,
)
from ff_analytics.domains.fantasy.projection.week.model import project_position

MODEL_VERSION = "weekly-1"
POINTS = ("points", "points_p10", "points_p50", "points_p90")
# Status of the report -> `availability`; every other status counts as expected.
_STATUS = {"Out": "out", "Doubtful": "doubtful", "Questionable": "questionable"}
_IDLE = ("bye", "out")


def _at(season: int, week: int) -> pl.Expr:
    return (pl.col("season") == season) & (pl.col("week") == week)


def _before(season: int, week: int) -> pl.Expr:
    return (pl.col("season") < season) | ((pl.col("season") == season) & (pl.col("week") < week))


def _candidates(frames: Mapping[str, pl.DataFrame], season: int, week: int) -> pl.DataFrame:
    """Players of the week with position and team: who played lately, or is ranked.

    In the first weeks of a season, lately is any game of the season before.
    """
    weeks = frames[WEEKS].filter(pl.col("games_played") > 0)
    past = weeks.filter(_before(season, week)).sort("season", "week")
    order = past.select("season", "week").unique().sort("season", "week").with_row_index("n")
    recent = order.tail(ACTIVE).drop("n")
    if week <= ACTIVE:
        # Who ended the season before injured is back.
        before = order.filter(pl.col("season") == season - 1).drop("n")
        recent = pl.concat([recent, before]).unique()
    last = past.group_by("player_id").agg(pl.col("position", "team").last())
    active = past.join(recent, on=["season", "week"]).select("player_id").unique()
    ranked = frames[RANKINGS].filter(_at(season, week)).select("player_id", listed="position")
    players = frames[PLAYERS]
    names = players.select("player_id", "display_name", "current_team", known="position")
    # A players file from before the season knows nothing of who has retired.
    current = bool((players["last_season"] >= season).any())
    retired = players.filter(pl.lit(current) & (pl.col("last_season") < season))["player_id"]
    # Of a week that has been played, the game says for which team.
    then = weeks.filter(_at(season, week)).select("player_id", team_then="team")
    return (
        active.join(ranked, on="player_id", how="full", coalesce=True)
        .join(last, on="player_id", how="left")
        .join(names, on="player_id", how="left")
        .join(then, on="player_id", how="left")
        .select(
            "player_id",
            player_name=pl.coalesce("display_name", "player_id"),
            position=pl.coalesce("position", "listed", "known"),
            team=pl.coalesce("team_then", "team")
            if then.height
            else pl.coalesce("current_team", "team"),
        )
        .filter(~pl.col("player_id").is_in(retired.implode()))
        .unique("player_id", maintain_order=True)
        .sort("player_id")
    )


def _with_games(players: pl.DataFrame, games: pl.DataFrame, season: int, week: int) -> pl.DataFrame:
    """Opponent and whether the team has a bye; who has played this week already is left out."""
    of_week = games.filter(_at(season, week))
    over = of_week["score"].is_not_null()
    if over.any() and not over.all():
        done = of_week.filter(over)["team"]
        players = players.filter(~pl.col("team").is_in(done.implode()).fill_null(value=False))
    return players.join(
        of_week.select("team", "opponent_team"), on="team", how="left"
    ).with_columns(
        season=pl.lit(season, dtype=pl.Int32),
        week=pl.lit(week, dtype=pl.Int32),
        bye=pl.col("opponent_team").is_null() & pl.lit(value=not of_week.is_empty()),
    )


def _facts(frames: Mapping[str, pl.DataFrame], season: int, week: int) -> str:
    games = frames[TEAM_WEEKS].filter(_at(season, week))
    there = {
        "schedule": not games.is_empty(),
        "betting lines": games["implied_points"].is_not_null().any(),
        "rankings": not frames[RANKINGS].filter(_at(season, week)).is_empty(),
        "injuries": not frames[INJURIES].filter(_at(season, week)).is_empty(),
    }
    return ", ".join(name for name, loaded in there.items() if loaded) or "none"


def project_week(frames: Mapping[str, pl.DataFrame], season: int, week: int) -> pl.DataFrame:
    """Columns of the contract `WeeklyProjection` without league, day and snapshot.

    Uses games before the week only; positions that never score in the league are left out.
    """
    players = _with_games(_candidates(frames, season, week), frames[TEAM_WEEKS], season, week)
    past = {**frames, WEEKS: frames[WEEKS].filter(_before(season, week))}
    targets = players.select("player_id", "season", "week", "position", "team", "opponent_team")
    rows = features(past, targets)
    asked = rows.filter(_at(season, week) & pl.col("points").is_null()).drop("points")
    known = rows.filter(pl.col("points").is_not_null())
    made = []
    for position in sorted(set(known["position"].drop_nulls()) - {"OTHER"}):
        games = known.filter(pl.col("position") == position)
        if scores(games["points"]):
            mine = asked.filter(pl.col("position") == position)
            made.append(project_position(games, mine, position))
    columns = [
        *("player_id", "season", "week", "player_name", "position", "team", "opponent_team"),
        *("home", "implied_points", "availability", "injury_status", "ranking", "games_known"),
        *("usage", "usage_trend", *POINTS, "evidence", "facts_used", "model_version"),
    ]
    found = (
        pl.concat(made)
        if made
        else asked.with_columns(
            *(pl.lit(0.0).alias(name) for name in POINTS), evidence=pl.lit("history")
        ).head(0)
    )
    status = pl.col("report_status").replace_strict(_STATUS, default="expected")
    idle = pl.col("availability").is_in(_IDLE)
    return (
        found.join(players.select("player_id", "player_name", "bye"), on="player_id")
        .with_columns(
            availability=pl.when("bye").then(pl.lit("bye")).otherwise(status.fill_null("expected")),
            injury_status="report_status",
            games_known=pl.col("games").cast(pl.Int32),
            usage_trend=pl.col("usage") - pl.col("usage_record"),
            facts_used=pl.lit(_facts(frames, season, week)),
            model_version=pl.lit(MODEL_VERSION),
        )
        .with_columns(
            pl.when(idle).then(0.0).otherwise(pl.col(name)).alias(name) for name in POINTS
        )
        .select(columns)
    )
