"""Checks of the football inputs: is the season that is valued complete, known and plausible?"""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from ff_analytics.domains.fantasy.checks.played import TABLE, choose, of_lake
from ff_analytics.engine.checks.result import CheckResult, Status

if TYPE_CHECKING:
    import duckdb

P = TypeVar("P", bound=BaseModel)
COVERAGE_WARN = 0.92
COVERAGE_ERROR = 0.50
# Above these a single game would be the best ever played (receiving 336, rushing 296, passing
# 554 yards are the records): a typing error at the provider, not a performance.
GAME_LIMITS = {"passing_yards": 600, "rushing_yards": 320, "receiving_yards": 360, "receptions": 25}


def opening_day(season: int) -> date:
    """First Thursday after Labor Day (the first Monday of September)."""
    first = date(season, 9, 1)
    labor_day = first + timedelta(days=(7 - first.weekday()) % 7)
    return labor_day + timedelta(days=3)


def weeks_played(season: int, today: date) -> int:
    """Regular-season weeks that are over by `today`: 17, or 18 from 2021 on, when finished."""
    length = 18 if season >= 2021 else 17
    # A week ends with Monday's game; its statistics are there the day after.
    return max(0, min(length, (today - opening_day(season) + timedelta(days=2)).days // 7))


def settle_season(con: "duckdb.DuckDBPyConnection", params: P, weeks: int) -> P:
    """`params` with the latest season of which enough is played, unless they name one."""
    if getattr(params, "season", None) is not None:
        return params
    choice = choose(of_lake(con), weeks)
    return params.model_copy(update={"season": choice.season}) if choice else params


def newer_season(
    con: "duckdb.DuckDBPyConnection", params: Any, weeks: int, today: date | None = None
) -> list[CheckResult]:
    """Newer seasons of which too little is played to be used by default; none without such.

    A warning once the calendar says that there should be enough: the loads are incomplete.
    """
    choice = choose(of_lake(con), weeks)
    if choice is None or not choice.held_back or choice.season != params.season:
        return []
    today = today or _today(params)
    late = [s for s, _ in choice.held_back if weeks_played(s, today) > weeks]
    return [
        CheckResult(
            check="newer season",
            subject=TABLE,
            status=Status.WARN if late else Status.OK,
            observed="; ".join(f"season {s} has {lacks}" for s, lacks in choice.held_back)
            + f": {choice.season} is used",
            expected=f"at least {weeks} weeks of (nearly) all teams",
            hint=f"Ingest season {late[-1]} again: weeks or teams are missing. To use it as it is, "
            f"give season={late[-1]}."
            if late
            else "",
        )
    ]


def _today(params: Any) -> date:
    return params.as_of if isinstance(params.as_of, date) else datetime.now(UTC).date()


def season_complete(con: "duckdb.DuckDBPyConnection", params: Any) -> list[CheckResult]:
    """Every regular-season week that has been played is there.

    It asks about the season that is valued, not about today: a season of ten years ago is
    complete for ever. A finished season with a gap is refused; the current one may lag a week.
    """
    season = params.season
    if season is None:
        return []
    have = {
        week
        for (week,) in con.execute(
            f"SELECT DISTINCT week FROM {TABLE} WHERE season = ? AND season_type = 'REG'", [season]
        ).fetchall()
    }
    played = weeks_played(season, _today(params))
    missing = [week for week in range(1, played + 1) if week not in have]
    lagging = bool(missing) and set(missing) <= {played, played - 1} and played < 17
    status = Status.OK if not missing else Status.WARN if lagging else Status.ERROR
    return [
        CheckResult(
            check="season complete",
            subject=f"{TABLE} {season}",
            status=status,
            observed=f"weeks missing: {', '.join(map(str, missing))}" if missing else "all weeks",
            expected=f"weeks 1 to {played}",
            stale=lagging,
            hint=f"Ingest season {season} again; if it was never loaded, load it first."
            if missing
            else "",
        )
    ]


def players_known(con: "duckdb.DuckDBPyConnection", params: Any) -> list[CheckResult]:
    """Share of the season's players that the players file knows; the unknown are named."""
    season = params.season
    # Players are counted before they are looked up: a join of all their weeks costs thrice that.
    players, unknown, names = con.execute(
        "SELECT count(*), count(*) FILTER (unknown), "
        "list(name ORDER BY weeks DESC, player_id) FILTER (unknown)[:10] FROM ("
        "SELECT player_id, coalesce(any_value(player_display_name), player_id) AS name, "
        "count(*) AS weeks, "
        "NOT EXISTS (FROM raw_nflverse.players WHERE gsis_id = player_id) AS unknown "
        f"FROM {TABLE} WHERE season = ? GROUP BY player_id)",
        [season],
    ).fetchall()[0]
    if not players:
        return []
    share = 1 - unknown / players
    status = Status.OK
    if share < COVERAGE_WARN:
        status = Status.ERROR if share < COVERAGE_ERROR else Status.WARN
    return [
        CheckResult(
            check="players known",
            subject=f"{TABLE} {season}",
            status=status,
            observed=f"{share:.1%} of {players:,} players",
            expected=f"warn below {COVERAGE_WARN:.0%}, error below {COVERAGE_ERROR:.0%}",
            hint="" if not unknown else "Unknown, most played first: " + ", ".join(names),
        )
    ]


def plausible_games(con: "duckdb.DuckDBPyConnection", params: Any) -> list[CheckResult]:
    """No player-week beyond what has ever been played."""
    season = params.season
    beyond = " OR ".join(f"{column} > {limit}" for column, limit in GAME_LIMITS.items())
    rows = con.execute(
        f"SELECT player_display_name, week FROM {TABLE} WHERE season = ? AND ({beyond}) "
        "ORDER BY week, player_id",
        [season],
    ).fetchall()
    sample = "; ".join(f"{name}, week {week}" for name, week in rows[:5])
    return [
        CheckResult(
            check="plausible games",
            subject=f"{TABLE} {season}",
            status=Status.WARN if rows else Status.OK,
            observed=f"{len(rows)} beyond: {sample}" if rows else "none beyond",
            expected=", ".join(f"{column} <= {limit}" for column, limit in GAME_LIMITS.items()),
            hint="Compare with the box score; report it to the provider." if rows else "",
        )
    ]
