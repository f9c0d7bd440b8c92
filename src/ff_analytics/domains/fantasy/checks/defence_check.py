"""Check of the schedule: is the score of every game known in which a team defence is scored?"""

from typing import TYPE_CHECKING, Any

from ff_analytics.domains.fantasy.players.names import CLUBS, TEAM_CODES
from ff_analytics.engine import lake
from ff_analytics.engine.checks.result import CheckResult, Status

if TYPE_CHECKING:
    import duckdb

STATISTICS = "raw_nflverse.player_week"
SCHEDULES = "raw_nflverse.schedules"
_ALLOWED = "dst_points_allowed"


def _club(code: str) -> str:
    code = code.strip().upper()
    return TEAM_CODES.get(code, code)


def _scored(con: "duckdb.DuckDBPyConnection", season: int) -> set[tuple[int, str]]:
    """Week and club of every game with a final score."""
    if not lake.table_exists(con, SCHEDULES):
        return set()
    games = con.execute(
        f"SELECT week, home_team, away_team FROM {SCHEDULES} WHERE season = ? "
        "AND home_score IS NOT NULL AND away_score IS NOT NULL",
        [season],
    ).fetchall()
    return {(week, _club(team)) for week, *teams in games for team in teams}


def points_allowed_known(con: "duckdb.DuckDBPyConnection", params: Any) -> list[CheckResult]:
    """Every week of a team defence has a final score, in a league that scores points allowed.

    Without one the defence gets nothing for the points that it allowed, be they few or many.
    """
    if not any(name.startswith(_ALLOWED) for name in params.profile.scoring):
        return []
    played = con.execute(
        f"SELECT DISTINCT week, team FROM {STATISTICS} WHERE season = ? AND season_type = 'REG' "
        "AND team IS NOT NULL AND coalesce(def_tackles_solo, 0) "
        "+ coalesce(def_tackles_with_assist, 0) > 0",
        [params.season],
    ).fetchall()
    if not played:
        return []
    weeks = {(week, _club(team)) for week, team in played}
    lacking = sorted(weeks - _scored(con, params.season))
    codes = sorted({team for _, team in weeks if team not in CLUBS})
    hint = "Load the schedules again: ingest/nflverse." if lacking else ""
    if codes:
        hint = f"{hint} Unknown codes of clubs in the statistics: {', '.join(codes)}.".strip()
    shown = ", ".join(f"week {week} {team}" for week, team in lacking[:5])
    return [
        CheckResult(
            check="points allowed known",
            subject=f"{SCHEDULES} {params.season}",
            status=Status.WARN if lacking else Status.OK,
            observed=f"{len(lacking)} of {len(weeks)} games of a team defence have no final score: "
            f"{shown}"
            if lacking
            else f"all {len(weeks)} games of team defences",
            expected="a final score for every game of a team defence",
            hint=hint,
        )
    ]
