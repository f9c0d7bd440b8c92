"""Volume anomalies: loads of the last days against earlier ones, part by part.

Warnings only: a paused account must not stop the numbers of all others.
"""

import json
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from ff_analytics.engine.checks.result import CheckResult, Status

if TYPE_CHECKING:
    import duckdb

    from ff_analytics.engine.base.dataset import Dataset

HISTORY = 90  # loads of a part that are looked at
USUAL = 7  # days whose median is the usual number of new rows
FEWEST = 20  # below this a share is meaningless
# Share of the usual volume below which a load is suspicious, and critical.
NEW_ROWS = (0.5, 0.1)
ROWS = (0.8, 0.6)
# Days in a row without any new row.
STREAK = (2, 4)
# Windows that are shorter, or that end in the past, are not those of the daily run.
WINDOW, RECENT = timedelta(days=7), timedelta(days=3)


class Load(NamedTuple):
    """Rows that one run loaded for a part; `per_day` is rows by day of its window, if daily."""

    day: date
    new: int
    per_day: float | None


def _per_day(rows: int, day: date, cursor: str | None) -> float | None:
    known = json.loads(cursor or "{}")
    try:
        since, until = (date.fromisoformat(str(known[name])) for name in ("since", "until"))
    except (KeyError, ValueError):
        return None
    span = until - since + timedelta(days=1)
    return rows / span.days if span >= WINDOW and day - until <= RECENT else None


def history(con: "duckdb.DuckDBPyConnection", table: str) -> dict[str, list[Load]]:
    """The last loads of each part, newest first."""
    rows = con.execute(
        "SELECT part, finished_at::DATE, rows_new, rows_fetched, cursor FROM ops.ingest_runs "
        "WHERE table_name = ? WINDOW w AS (PARTITION BY part ORDER BY finished_at DESC) "
        "QUALIFY row_number() OVER w <= ? ORDER BY finished_at DESC",
        [table, HISTORY],
    ).fetchall()
    parts: dict[str, list[Load]] = {}
    for part, day, new, fetched, cursor in rows:
        parts.setdefault(part, []).append(Load(day, new, _per_day(fetched, day, cursor)))
    return parts


def _by_day(loads: list[Load]) -> list[tuple[date, int]]:
    days: dict[date, int] = {}
    for load in loads:
        days[load.day] = days.get(load.day, 0) + load.new
    return sorted(days.items(), reverse=True)


def _grade(share: float, limits: tuple[float, float]) -> str:
    if share >= limits[0]:
        return ""
    return f"{share:.0%}, critical" if share < limits[1] else f"{share:.0%}"


def too_few(loads: list[Load]) -> str:
    """The anomaly in the new rows of the newest day; empty if there is none."""
    days = _by_day(loads)
    streak = next((n for n, (_, new) in enumerate(days) if new), len(days))
    usual = [new for _, new in days[max(streak, 1) :][:USUAL]]
    middle = median(usual) if len(usual) >= min(3, USUAL) else 0
    if streak >= STREAK[0] and middle >= 1:
        word = ", critical" if streak >= STREAK[1] else ""
        return f"no new row on {streak} days of loading, usually {middle:g} a day{word}"
    if streak or middle < FEWEST:
        return ""
    day, new = days[0]
    grade = _grade(new / middle, NEW_ROWS)
    return f"{new:,} new rows on {day}, usually {middle:,g} ({grade})" if grade else ""


def dropped(loads: list[Load]) -> str:
    """What is odd about the rows of the newest daily window against the one before."""
    rates = [load.per_day for load in loads if load.per_day is not None][:2]
    if len(rates) < 2 or rates[1] < 1:
        return ""
    grade = _grade(rates[0] / rates[1], ROWS)
    said = f"{rates[0]:,.1f} rows a day of the window, before {rates[1]:,.1f} ({grade})"
    return said if grade else ""


def volume_checks(con: "duckdb.DuckDBPyConnection", dataset: "Dataset") -> list[CheckResult]:
    """New rows and row drop of a dataset that grows every day."""
    parts = history(con, dataset.table)
    results = []
    for check, look, expected in (
        ("new rows", too_few, f"at least {NEW_ROWS[0]:.0%} of the median of {USUAL} days"),
        ("row drop", dropped, f"at least {ROWS[0]:.0%} of the load before"),
    ):
        odd = [f"{part}: {found}" for part, loads in parts.items() if (found := look(loads))]
        results.append(
            CheckResult(
                check=check,
                subject=dataset.table,
                status=Status.WARN if odd else Status.OK,
                observed="; ".join(odd) or "steady",
                expected=expected,
                hint="Is the account still in use? Compare with the provider." if odd else "",
            )
        )
    return results
