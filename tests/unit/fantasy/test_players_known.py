"""ingest-check: are the season's players in the players file?"""

from types import SimpleNamespace

import duckdb
import pytest

from ff_analytics.domains.fantasy.checks.checks import players_known
from ff_analytics.engine.checks.result import CheckResult, Status


def check(listed: int, unlisted: int) -> CheckResult:
    """Of a season with so many players, each of whom has one week more than the one before."""
    con = duckdb.connect()
    con.execute("CREATE SCHEMA raw_nflverse")
    con.execute(
        "CREATE TABLE raw_nflverse.players AS SELECT 'p' || i AS gsis_id FROM range(?) r(i)",
        [listed],
    )
    con.execute(
        "CREATE TABLE raw_nflverse.player_week AS SELECT 'p' || i AS player_id, "
        "nullif('Name ' || i, 'Name 4') AS player_display_name, 2024 AS season, week "
        "FROM range(?) r(i), range(i + 1) w(week)",
        [listed + unlisted],
    )
    (result,) = players_known(con, SimpleNamespace(season=2024))
    return result


@pytest.mark.parametrize(
    ("listed", "unlisted", "status"),
    [(10, 0, Status.OK), (92, 8, Status.OK), (9, 1, Status.WARN), (4, 6, Status.ERROR)],
)
def test_the_share_of_unknown_players_decides(listed: int, unlisted: int, status: Status) -> None:
    result = check(listed, unlisted)
    assert result.status is status
    assert f"of {listed + unlisted} players" in result.observed


def test_unknown_players_are_named_most_played_first() -> None:
    assert check(4, 2).hint == "Unknown, most played first: Name 5, p4"
    assert check(3, 0).hint == ""
