"""Results of the ingest-check gate and the rules that every lake table must meet."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from ff_analytics.engine import lake
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.checks.result import CheckResult, Status
from ff_analytics.engine.sources.domain import invented

if TYPE_CHECKING:
    import duckdb

ROW_CHANGE_LIMIT = 0.5


def _days(age: timedelta) -> str:
    return f"{age.total_seconds() / 86400:.1f} days"


def freshness(
    con: "duckdb.DuckDBPyConnection", dataset: Dataset, now: datetime | None = None
) -> CheckResult:
    """Age of the last successful load, changed or not; strictly above the limit is stale."""
    now = now or datetime.now(UTC)
    row = con.execute(
        "SELECT max(finished_at), max_by(origin, finished_at) FROM ops.ingest_runs "
        "WHERE table_name = ?",
        [dataset.table],
    ).fetchone()
    policy = dataset.freshness
    expected = f"warn above {_days(policy.warn)}, error above {_days(policy.error)}"
    if row is None or row[0] is None:
        status = Status.SKIPPED if dataset.optional else Status.ERROR
        return CheckResult(
            check="freshness",
            subject=dataset.table,
            status=status,
            observed="never loaded",
            expected=expected,
            hint="Run its ingest deployment first.",
        )
    age = now - row[0]
    status = Status.OK
    if age > policy.warn and not invented(row[1]):
        status = Status.ERROR if age > policy.error and not dataset.optional else Status.WARN
    return CheckResult(
        check="freshness",
        subject=dataset.table,
        status=status,
        observed=f"last loaded {_days(age)} ago",
        expected=expected,
        stale=status != Status.OK,
        hint="" if status == Status.OK else "Is its ingest deployment scheduled and green?",
    )


def columns_present(con: "duckdb.DuckDBPyConnection", dataset: Dataset) -> CheckResult:
    """Every column of the contract is in the table."""
    missing = sorted(
        set(dataset.contract.column_names()) - set(lake.table_columns(con, dataset.table))
    )
    return CheckResult(
        check="columns",
        subject=dataset.table,
        status=Status.ERROR if missing else Status.OK,
        observed=f"missing {', '.join(missing)}" if missing else "all present",
        expected="all columns of the contract",
        hint="Ingest the source again with force=true." if missing else "",
    )


def rows_and_keys(con: "duckdb.DuckDBPyConnection", dataset: Dataset) -> list[CheckResult]:
    """Enough rows, and no key twice."""
    keys = ", ".join(lake.quote(key) for key in dataset.keys)
    found = con.execute(
        f"SELECT coalesce(sum(n), 0), count(*) FROM "
        f"(SELECT count(*) AS n FROM {lake.quote(dataset.table)} GROUP BY {keys})"
    ).fetchone()
    rows, distinct = found or (0, 0)
    enough = rows >= dataset.minimum_rows
    missing = Status.SKIPPED if dataset.optional else Status.ERROR
    return [
        CheckResult(
            check="rows",
            subject=dataset.table,
            status=Status.OK if enough else missing,
            observed=f"{rows:,}",
            expected=f"at least {dataset.minimum_rows:,}",
            hint="" if enough else "Load the source first.",
        ),
        CheckResult(
            check="unique key",
            subject=dataset.table,
            status=Status.OK if rows == distinct else Status.ERROR,
            observed=f"{rows - distinct:,} duplicates",
            expected=f"one row per {keys}",
            hint="" if rows == distinct else "Something wrote past the ingest; load again.",
        ),
    ]


def _days_asked(cursor: str | None) -> int | None:
    """Length of the window that was loaded; None for a part without."""
    known = json.loads(cursor or "{}")
    try:
        since, until = (date.fromisoformat(str(known[n])[:10]) for n in ("since", "until"))
    except (KeyError, ValueError):
        return None
    return (until - since).days


def row_change(con: "duckdb.DuckDBPyConnection", dataset: Dataset) -> CheckResult:
    """No part (season, tenant) shrank or grew by more than half against its previous load.

    A part that is still growing by nature (the season under way) may grow, not shrink; loads
    of windows of different length say nothing about each other.
    """
    parts = con.execute(
        "SELECT part, rows_fetched, lead(rows_fetched) OVER w, row_number() OVER w AS n, "
        "cursor, lead(cursor) OVER w FROM ops.ingest_runs "
        "WHERE table_name = ? AND rows_fetched > 0 "
        "WINDOW w AS (PARTITION BY part, origin ORDER BY finished_at DESC) QUALIFY n = 1",
        [dataset.table],
    ).fetchall()
    this_year = {str(datetime.now(UTC).year), str(datetime.now(UTC).year - 1)}
    jumps = []
    for part, rows, previous, _, cursor, before in parts:
        if not previous or _days_asked(cursor) != _days_asked(before):
            continue
        change = rows / previous - 1
        growing = change > 0 and str(part) in this_year
        if abs(change) > ROW_CHANGE_LIMIT and not growing:
            jumps.append(f"{part}: {previous:,} to {rows:,} rows ({change:+.0%})")
    return CheckResult(
        check="row change",
        subject=dataset.table,
        status=Status.WARN if jumps else Status.OK,
        observed="; ".join(jumps) or "steady",
        expected=f"within {ROW_CHANGE_LIMIT:.0%} per part",
        hint="Compare with the provider before trusting the numbers." if jumps else "",
    )


def dataset_checks(
    con: "duckdb.DuckDBPyConnection", dataset: Dataset, *, on_the_past: bool
) -> list[CheckResult]:
    """All general checks of one table; a run on the past is not asked to be fresh."""
    if not lake.table_exists(con, dataset.table):
        return [
            CheckResult(
                check="exists",
                subject=dataset.table,
                observed="no such table",
                status=Status.SKIPPED if dataset.optional else Status.ERROR,
                expected="loaded",
                hint="Run its ingest deployment first.",
            )
        ]
    from ff_analytics.engine.checks.silence import silence_checks

    results = [columns_present(con, dataset), *rows_and_keys(con, dataset)]
    results += silence_checks(con, dataset) if dataset.daily else [row_change(con, dataset)]
    if not on_the_past:
        results.insert(0, freshness(con, dataset))
    return results
