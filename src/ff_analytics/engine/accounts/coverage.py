"""Which days of an account were loaded, and which of them only under an older contract."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from ff_analytics.engine.http.traffic import Cursor

FIRST, OLD = "first", "old_days"
_DAY = timedelta(days=1)

Days = tuple[date, date]


def _day(text: Any) -> date:
    return date.fromisoformat(str(text)[:10])


def _less(days: Days, since: date, until: date) -> Days | None:
    """`days` without those at either end that are within `since` to `until`."""
    first, last = days
    left = (
        max(first, until + _DAY) if since <= first else first,
        min(last, since - _DAY) if until >= last else last,
    )
    return left if left[0] <= left[1] else None


def remembered(
    before: Cursor | None, outdated: Cursor | None, since: date, until: date
) -> dict[str, Any]:
    """The next cursor after `since` to `until` is loaded.

    `before` is the cursor of the previous load, `outdated` the last one under an older contract:
    its rows still lack the contract's new columns.
    """
    known = before or outdated or {}
    first = min(since, _day(known.get(FIRST) or known.get("since") or since))
    old: Days | None = None
    if before and before.get(OLD):
        old = (_day(before[OLD][0]), _day(before[OLD][1]))
    elif outdated and not before:
        old = (first, until)
    left = _less(old, since, until) if old else None
    kept: dict[str, Any] = {FIRST: str(first)}
    return {**kept, OLD: [str(day) for day in left]} if left else kept


def advice(cursor: Mapping[str, Any], who: str, source: str, tenant: str) -> tuple[str, ...]:
    """A warning with the backfill command, as long as days of an older contract remain."""
    if not cursor.get(OLD):
        return ()
    first, last = cursor[OLD]
    return (
        f"{who}: the days {first} to {last} were loaded before the table got new columns, and lack "
        f"them. Load them again: ff backfill {source} --tenant {tenant} --dates "
        f"{first}:{last} --apply",
    )
