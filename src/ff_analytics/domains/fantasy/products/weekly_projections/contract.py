"""Contract of `data/analytics/weekly_projections/latest.parquet` and its mart."""

import dataframely as dy


def _points(description: str) -> dy.Float64:
    return dy.Float64(description=description, metadata={"unit": "points"})


class WeeklyProjection(dy.Schema):
    """One row per player x league x snapshot_date; the league's fantasy points of one week.

    `points` is the mean, `points_p10` to `points_p90` the range, of a game played. A player with a
    bye or reported out has 0 in all of them; `availability` says which.
    """

    league = dy.String(primary_key=True, description="League profile whose scoring was used.")
    snapshot_date = dy.Date(
        primary_key=True, description="Date of the run in the league's timezone."
    )
    player_id = dy.String(primary_key=True, description="Player, or DST-<team> for a team defence.")
    season = dy.Int32(
        min=1999, max=2100, description="Season of the week.", metadata={"unit": "year"}
    )
    week = dy.Int32(min=1, max=22, description="Week that is projected.", metadata={"unit": "week"})
    player_name = dy.String(description="Name as displayed.")
    position = dy.String(description="Position that the league drafts by.")
    team = dy.String(nullable=True, description="NFL team, null without one.")
    opponent_team = dy.String(
        nullable=True, description="Opponent of the week; null for a bye or without a schedule."
    )
    home = dy.Bool(nullable=True, description="At home; null for a bye or without a schedule.")
    implied_points = dy.Float64(
        nullable=True,
        min=0,
        max=60,
        description="Points that the betting lines expect of the team; null without lines.",
        metadata={"unit": "points"},
    )
    availability = dy.String(
        description="expected, questionable, doubtful, out (by the injury report), or bye."
    )
    injury_status = dy.String(
        nullable=True, description="Status of the week's injury report; null without one."
    )
    ranking = dy.Float64(
        nullable=True,
        min=1,
        description="Rank of the week's list at the position; null for an unranked player.",
        metadata={"unit": "rank"},
    )
    games_known = dy.Int32(
        min=0,
        description="Games before the week that the own record rests on, at most those loaded.",
        metadata={"unit": "games"},
    )
    usage = dy.Float64(
        description="Attempts, carries and targets of recent games, the last ones more.",
        metadata={"unit": "touches per game"},
    )
    usage_trend = dy.Float64(
        description="Usage of recent games less that of the last 16.",
        metadata={"unit": "touches per game"},
    )
    points = _points("Expected fantasy points of the week.")
    points_p10 = _points("Fantasy points that the week stays below one time in ten.")
    points_p50 = _points("Median of the week's fantasy points.")
    points_p90 = _points("Fantasy points that the week exceeds one time in ten.")
    evidence = dy.String(
        description="What it rests on: ranking (and history), history, thin history."
    )
    facts_used = dy.String(
        description="Optional facts that were loaded for the week: schedule, betting lines, "
        "rankings, injuries."
    )
    model_version = dy.String(description="Version of the code that computed the row.")
    input_snapshot_id = dy.Int64(min=0, description="Lake snapshot that was read.")
