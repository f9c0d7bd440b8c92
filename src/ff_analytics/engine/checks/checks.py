"""Results of the ingest-check gate and the rules that every lake table must meet."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ff_analytics.engine import lake
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.checks.result import CheckResult, Status
from ff_analytics.engine.sources.domain import invented
from ff_analytics.engine.sources.loading_deployments import how_to_load

if TYPE_CHECKING:
    import duckdb

ROW_CHANGE_LIMIT = 0.5


def _days(age: timedelta) -> str:
    return f"{age.total_seconds() / 86400:.1f} days"


class _Loads(NamedTuple):
    """When a table was loaded; times in the future of this machine's clock count for nothing."""

    last: datetime | None
    origin: str | None
    with_rows: datetime | None
    ahead: datetime | None


def _loads(con: "duckdb.DuckDBPyConnection", table: str, now: datetime) -> _Loads:
    row = con.execute(
        "SELECT max(finished_at) FILTER (past), max_by(origin, finished_at) FILTER (past), "
        "max(finished_at) FILTER (past AND rows > 0), max(finished_at) FILTER (NOT past) "
        "FROM (SELECT *, finished_at <= ? AS past, "
        "coalesce(rows_fetched, 0) + coalesce(rows_unchanged, 0) AS rows "
        "FROM ops.ingest_runs WHERE table_name = ?)",
        [now + lake.CLOCK_TOLERANCE, table],
    ).fetchone()
    return _Loads(*row) if row else _Loads(None, None, None, None)


def _is_empty(con: "duckdb.DuckDBPyConnection", table: str) -> bool:
    if not lake.table_exists(con, table):
        return True
    return con.execute(f"SELECT 1 FROM {lake.quote(table)} LIMIT 1").fetchone() is None


def _evaluated(
    con: "duckdb.DuckDBPyConnection", dataset: Dataset, loads: _Loads, now: datetime
) -> tuple[Status, str, str]:
    """Status, what was seen and the hint of a table that was loaded before `now`."""
    last = loads.last
    if last is None:
        ahead = _days(loads.ahead - now) if loads.ahead else ""
        hint = "Is this machine's clock right? Set it, then load again."
        return Status.WARN, f"last loaded {ahead} in the future", hint
    age, policy = now - last, dataset.freshness
    if _is_empty(con, dataset.table):
        missing = Status.SKIPPED if dataset.optional or not dataset.minimum_rows else Status.ERROR
        hint = f"{how_to_load([dataset.table])} Does the provider deliver rows?"
        return missing, f"empty (0 rows), last load {_days(age)} ago", hint
    if age > policy.warn and not invented(loads.origin or ""):
        late = age > policy.error and not dataset.optional
        hint = "Is its ingest deployment scheduled and green?"
        return Status.ERROR if late else Status.WARN, f"last loaded {_days(age)} ago", hint
    quiet = now - (loads.with_rows or datetime.min.replace(tzinfo=UTC))
    if quiet > policy.warn and not invented(loads.origin or ""):
        since = f"in the last {_days(quiet)}" if loads.with_rows else "ever"
        return Status.WARN, f"no load brought rows {since}", "Does the provider deliver rows?"
    return Status.OK, f"last loaded {_days(max(age, timedelta(0)))} ago", ""


def freshness(
    con: "duckdb.DuckDBPyConnection", dataset: Dataset, now: datetime | None = None
) -> CheckResult:
    """Age of the last successful load, changed or not; strictly above the limit is stale.

    An empty table is not fresh, nor is one whose loads bring no rows. The age of a load with a
    timestamp in the future (the clock was set back, or was wrong) is unknown.
    """
    now = now or datetime.now(UTC)
    loads = _loads(con, dataset.table, now)
    if loads.last is None and loads.ahead is None:
        status = Status.SKIPPED if dataset.optional else Status.ERROR
        observed, hint = "never loaded", how_to_load([dataset.table])
    else:
        status, observed, hint = _evaluated(con, dataset, loads, now)
    policy = dataset.freshness
    return CheckResult(
        check="freshness",
        subject=dataset.table,
        status=status,
        observed=observed,
        expected=f"warn above {_days(policy.warn)}, error above {_days(policy.error)}",
        stale=status is not Status.OK and observed.startswith("last loaded"),
        hint=hint,
    )


def columns_present(con: "duckdb.DuckDBPyConnection", dataset: Dataset) -> CheckResult:
    """Every column of the contract is in the table.

    Columns that may vanish may also be new in the contract: a lake of an earlier release gets them
    empty before its marts are built.
    """
    absent = set(dataset.contract.column_names()) - set(lake.table_columns(con, dataset.table))
    missing = sorted(absent - set(dataset.may_vanish))
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
            hint="" if enough else how_to_load([dataset.table]),
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

    A part that still grows (the current season) may grow, not shrink; loads
    of windows of different length are not comparable.
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
    """All general checks of one table; a run on the past needs no fresh input."""
    if not lake.table_exists(con, dataset.table):
        return [
            CheckResult(
                check="exists",
                subject=dataset.table,
                observed="no such table",
                status=Status.SKIPPED if dataset.optional else Status.ERROR,
                expected="loaded",
                hint=how_to_load([dataset.table]),
            )
        ]
    from ff_analytics.engine.checks.volume import volume_checks

    results = [columns_present(con, dataset), *rows_and_keys(con, dataset)]
    results += volume_checks(con, dataset) if dataset.daily else [row_change(con, dataset)]
    if not on_the_past:
        results.insert(0, freshness(con, dataset))
    return results
