"""Which season counts as the latest: the last one of which enough is played.

Every default of "the latest season" goes through `choose`. A season counts by three measures at
once, since each alone is easily met by a file that holds a single game: weeks, teams, and
player rows per week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from ff_analytics.engine import lake

if TYPE_CHECKING:
    import duckdb

TABLE = "raw_nflverse.player_week"
# Every team has played by the end of week 2; the missing tenth leaves room for renamed codes.
TEAMS_SHARE = 0.9
# A bye week has 26 of 32 teams, so the rows of a whole week never fall by half.
ROWS_SHARE = 0.5


@dataclass(frozen=True)
class Played:
    """How much of a regular season there is: weeks, teams, player rows per week."""

    season: int
    weeks: int
    teams: int
    rows: float


@dataclass(frozen=True)
class Choice:
    """The season that counts, and the newer ones that do not yet, each with the reason."""

    season: int
    held_back: tuple[tuple[int, str], ...] = ()


def _shortfall(season: Played, earlier: Sequence[Played], weeks: int) -> str:
    """What a season lacks, as one phrase; empty when it is far enough played."""
    lacks = []
    if season.weeks < weeks:
        lacks.append(f"{season.weeks} of {weeks} weeks")
    if earlier:
        teams, rows = max(each.teams for each in earlier), earlier[-1].rows
        if season.teams < TEAMS_SHARE * teams:
            lacks.append(f"{season.teams} of {teams} teams")
        if season.rows < ROWS_SHARE * rows:
            lacks.append(f"{season.rows:,.0f} rows a week after {rows:,.0f}")
    return ", ".join(lacks)


def choose(seasons: Sequence[Played], weeks: int) -> Choice | None:
    """The last season with `weeks` weeks whose teams and rows match the seasons before it.

    Where no season is far enough, the one with the most weeks. None without any season.
    """
    ordered = sorted(seasons, key=lambda each: each.season)
    if not ordered:
        return None
    lacking = [_shortfall(each, ordered[:at], weeks) for at, each in enumerate(ordered)]
    enough = [each for each, lacks in zip(ordered, lacking, strict=True) if not lacks]
    chosen = enough[-1] if enough else max(ordered, key=lambda each: (each.weeks, each.season))
    held = [
        (each.season, lacks)
        for each, lacks in zip(ordered, lacking, strict=True)
        if each.season > chosen.season
    ]
    return Choice(chosen.season, tuple(held))


def of_lake(con: "duckdb.DuckDBPyConnection") -> list[Played]:
    """The seasons of the weekly statistics; a week counts once half of all teams have played it."""
    if not lake.table_exists(con, TABLE):
        return []
    rows = con.execute(
        "WITH sides AS (SELECT season, week, team, count(*) AS lines "
        f"FROM {TABLE} WHERE season_type = 'REG' GROUP BY ALL), "
        "weeks AS (SELECT season, week, count(team) AS teams, sum(lines) AS lines "
        "FROM sides GROUP BY ALL), "
        "seasons AS (SELECT season, count(DISTINCT team) AS teams FROM sides GROUP BY ALL) "
        "SELECT season, count(*) FILTER (2 * weeks.teams >= (SELECT max(teams) FROM seasons)), "
        "any_value(seasons.teams), sum(lines) / count(*) "
        "FROM weeks JOIN seasons USING (season) GROUP BY season ORDER BY season"
    ).fetchall()
    return [Played(int(s), int(weeks), int(teams), float(lines)) for s, weeks, teams, lines in rows]


def of_history(rows: pl.DataFrame) -> list[Played]:
    """The seasons of `marts.mrt_player_season`: season, weeks, team and games per player."""
    seasons = rows.group_by("season").agg(
        weeks=pl.col("weeks").max(),
        teams=pl.col("team").n_unique(),
        rows=pl.col("games").sum() / pl.col("weeks").max(),
    )
    return [Played(*row) for row in seasons.select("season", "weeks", "teams", "rows").iter_rows()]
