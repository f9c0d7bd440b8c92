"""What is known about a player before a week's games, one row per player and week."""

from collections.abc import Mapping

import polars as pl

WEEKS = "marts.mrt_fantasy_actuals_weekly"
TEAM_WEEKS = "marts.mrt_team_week"
RANKINGS = "marts.mrt_weekly_ranking"
INJURIES = "marts.mrt_injury_report"
TOUCHES = "core.fct_player_week"
PLAYERS = "core.dim_player"

# Games of own record that weigh as much as the mean of the position (see docs/weekly.md).
PRIOR_GAMES = 4
# Games that the own record reaches back, and half-lives of the faster means, in games.
RECORD, RECENT, DEFENCE = 16, 3, 8
# Mean of a team's implied points, for games without betting lines.
IMPLIED = 22.5
# Players without a game in so many weeks of games are left out, unless they are ranked.
ACTIVE = 6
# Share of games with points from which a position counts as scored by the league.
SCORED = 0.1
_KEY = ["player_id", "season", "week"]


def games_of(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Games that players had, with `points` and `touches` (attempts, carries and targets)."""
    touches = frames[TOUCHES].select(
        *_KEY,
        touches=pl.sum_horizontal(
            pl.col("attempts", "carries", "targets").fill_null(0).cast(pl.Float64)
        ),
    )
    return (
        frames[WEEKS]
        .filter(pl.col("games_played") > 0)
        .select(*_KEY, "position", "team", "opponent_team", points="fantasy_points")
        .join(touches, on=_KEY, how="left")
        .with_columns(pl.col("touches").fill_null(0.0))
    )


def _before(points: str, half_life: float) -> pl.Expr:
    """Mean of a player's games before the row, recent ones more."""
    earlier = pl.col(points).shift(1)
    return earlier.ewm_mean(half_life=half_life, ignore_nulls=True).over("player_id")


def _record(points: str) -> pl.Expr:
    """Plain mean of a player's last `RECORD` games before the row."""
    return pl.col(points).shift(1).rolling_mean(RECORD, min_samples=1).over("player_id")


def scores(points: pl.Series) -> bool:
    """Whether the league scores the position: more than a stray touchdown of a linebacker."""
    return points.len() > 0 and (points != 0).sum() / points.len() > SCORED


def _defences(games: pl.DataFrame) -> pl.DataFrame:
    """Points that a team allowed a position above the week's mean, over its last games."""
    key = ["opponent_team", "position"]
    allowed = (
        games.filter(pl.col("points").is_not_null())
        .group_by(*key, "season", "week")
        .agg(pl.col("points").sum())
    )
    above = allowed.with_columns(
        over=pl.col("points") - pl.col("points").mean().over("season", "week", "position")
    )
    targets = games.filter(pl.col("points").is_null()).select(*key, "season", "week").unique()
    rows = pl.concat([above.drop("points"), targets], how="diagonal_relaxed")
    return rows.sort(*key, "season", "week").select(
        *key,
        "season",
        "week",
        allowed=pl.col("over").shift(1).ewm_mean(half_life=DEFENCE, ignore_nulls=True).over(key),
    )


def features(
    frames: Mapping[str, pl.DataFrame], targets: pl.DataFrame | None = None
) -> pl.DataFrame:
    """History and `targets` with their features; rows of `targets` have no `points`.

    `targets` has `player_id, season, week, position, team, opponent_team`. Each feature of a row
    uses earlier weeks only, and what is published before the week's games: schedule, betting
    lines, ranking, injury report.
    """
    games = games_of(frames)
    if targets is not None:
        games = games.join(targets.select(_KEY), on=_KEY, how="anti")
        games = pl.concat([games, targets], how="diagonal_relaxed")
    rows = games.sort("player_id", "season", "week").with_columns(
        games=pl.col("points").is_not_null().cast(pl.Int32).cum_sum().over("player_id")
        - pl.col("points").is_not_null().cast(pl.Int32),
        record=_record("points"),
        recent=_before("points", RECENT),
        usage=_before("touches", RECENT),
        usage_record=_record("touches"),
    )
    lines = frames[TEAM_WEEKS].select("season", "week", "team", "home", "implied_points", "gameday")
    ranks = frames[RANKINGS].select(*_KEY, "position", ranking="position_rank", average="average")
    reports = frames[INJURIES].select(*_KEY, "report_status")
    return (
        rows.join(_defences(games), on=["opponent_team", "position", "season", "week"], how="left")
        .join(lines, on=["season", "week", "team"], how="left")
        .join(ranks, on=[*_KEY, "position"], how="left")
        .join(reports, on=_KEY, how="left")
        .with_columns(
            pl.col("allowed").fill_null(0.0).fill_nan(0.0),
            pl.col("record", "recent", "usage", "usage_record").fill_null(0.0).fill_nan(0.0),
        )
    )
