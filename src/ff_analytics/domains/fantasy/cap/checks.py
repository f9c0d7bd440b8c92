"""Checks of a league's contracts before the cap is computed."""

from typing import TYPE_CHECKING

from ff_analytics.domains.fantasy.cap.contract import Year, violation
from ff_analytics.domains.fantasy.cap.rules import CapRules
from ff_analytics.engine.checks.result import CheckResult, Status

if TYPE_CHECKING:
    import duckdb

    from ff_analytics.domains.fantasy.league.league import LeagueProfile

TABLE = "raw_league.contracts"
_SHOWN = 5
Rows = list[tuple[str, int, float, str | None]]


def _whole_dollars(rows: Rows) -> CheckResult:
    broken = [row for row in rows if row[2] != int(row[2])]
    shown = "; ".join(f"{player}, {season}: {salary}" for player, season, salary, _ in broken)
    return CheckResult(
        check="whole dollars",
        subject=TABLE,
        status=Status.ERROR if broken else Status.OK,
        observed=f"{len(broken)} salaries with cents: {shown[:200]}" if broken else "all whole",
        expected="salaries in whole dollars",
        hint="Correct them where they come from and load the contracts again." if broken else "",
    )


def _legal(rows: Rows, rules: CapRules) -> CheckResult:
    contracts: dict[str, list[Year]] = {}
    for player, season, salary, kind in rows:
        contracts.setdefault(player, []).append(Year(season, int(salary), kind))
    broken = {
        player: reason for player, years in contracts.items() if (reason := violation(years, rules))
    }
    shown = "; ".join(f"{player}: {reason}" for player, reason in list(broken.items())[:_SHOWN])
    return CheckResult(
        check="contracts within the rules",
        subject=TABLE,
        # What is left of a pro-rated contract may look odd, so this only warns; a whole contract
        # was checked when it was loaded.
        status=Status.WARN if broken else Status.OK,
        observed=f"{len(broken)} of {len(contracts)} look wrong: {shown}" if broken else "all",
        expected="standard split, pro-rating band or rookie scale",
        hint="Their dollars are counted as they are." if broken else "",
    )


def _balanced(con: "duckdb.DuckDBPyConnection", league: str) -> CheckResult:
    found = con.execute(
        "SELECT season, sum(dollars) AS rest FROM raw_league.cap_charges "
        "WHERE league = ? AND kind = 'traded' GROUP BY season HAVING rest <> 0 ORDER BY season",
        [league],
    ).fetchall()
    shown = "; ".join(f"{season}: {rest:+g} dollars" for season, rest in found)
    return CheckResult(
        check="traded cap adds up",
        subject="raw_league.cap_charges",
        status=Status.WARN if found else Status.OK,
        observed=shown or "given and received are equal",
        expected="zero over all franchises in every season",
        hint="One side of a trade is missing or differs." if found else "",
    )


def cap_checks(con: "duckdb.DuckDBPyConnection", profile: "LeagueProfile") -> list[CheckResult]:
    """Whole dollars, contracts within the rules, and traded cap that adds up to zero."""
    rows: Rows = con.execute(
        f"SELECT player_id, season, salary, contract_type FROM {TABLE} WHERE league = ? "
        "ORDER BY player_id, season",
        [profile.name],
    ).fetchall()
    results = [_whole_dollars(rows), _balanced(con, profile.name)]
    if profile.cap is not None:
        results.append(_legal(rows, profile.cap))
    return results
