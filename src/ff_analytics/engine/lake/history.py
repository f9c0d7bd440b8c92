"""Snapshots of the lake: list, snapshot at a time, and provenance."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach.catalog import ALIAS
from ff_analytics.engine.lake.attach.connection import connect, read

if TYPE_CHECKING:
    import duckdb
    import polars as pl

# Clocks of several hosts differ by so much without harm.
CLOCK_TOLERANCE = timedelta(minutes=5)


def snapshots(settings: Settings | None = None) -> "pl.DataFrame":
    """All snapshots, oldest first: snapshot_id, snapshot_time (UTC), author, message, extra."""
    return read(
        "SELECT snapshot_id, snapshot_time, author, commit_message AS message, "
        f"commit_extra_info AS extra FROM ducklake_snapshots('{ALIAS}') ORDER BY snapshot_id",
        settings=settings,
    )


def snapshot_of(con: "duckdb.DuckDBPyConnection") -> int:
    """Id of the snapshot that `con` sees: the newest, or that of its open transaction."""
    row = con.execute(f"SELECT id FROM ducklake_current_snapshot('{ALIAS}')").fetchone()
    return int(row[0]) if row else 0


def committed_at(con: "duckdb.DuckDBPyConnection", snapshot: int) -> datetime:
    """When `snapshot` was committed, in UTC; `LakeMissing` if it is not kept."""
    row = con.execute(
        f"SELECT epoch_us(snapshot_time) FROM ducklake_snapshots('{ALIAS}') WHERE snapshot_id = ?",
        [snapshot],
    ).fetchone()
    if row is None:
        raise LakeMissing(f"Snapshot {snapshot} is no longer in the lake. Run again.")
    return datetime.fromtimestamp(row[0] / 1e6, UTC)


def _now() -> datetime:
    return datetime.now(UTC)


def ahead_of_clock(con: "duckdb.DuckDBPyConnection") -> str:
    """How far the newest snapshot is in the future of this machine's clock; else empty.

    Either the clock was set back, or it was wrong at the time of the snapshot.
    """
    ahead = committed_at(con, snapshot_of(con)) - _now()
    if ahead <= CLOCK_TOLERANCE:
        return ""
    days = ahead.total_seconds() / 86400
    return f"the lake's newest snapshot is {days:.1f} days later than this machine's clock"


def last_commit_of(con: "duckdb.DuckDBPyConnection") -> int:
    """Id of the snapshot that this connection committed last, despite later commits of others."""
    row = con.execute(f"SELECT id FROM ducklake_last_committed_snapshot('{ALIAS}')").fetchone()
    return int(row[0]) if row and row[0] is not None else snapshot_of(con)


def committed_by(con: "duckdb.DuckDBPyConnection", extra: str) -> int | None:
    """Id of the snapshot with this provenance; None when it was never stored."""
    row = con.execute(
        f"SELECT max(snapshot_id) FROM ducklake_snapshots('{ALIAS}') WHERE commit_extra_info = ?",
        [extra],
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def current_snapshot(settings: Settings | None = None) -> int:
    """Id of the newest snapshot."""
    with connect(settings=settings) as con:
        return snapshot_of(con)


def snapshot_at(when: date | datetime, timezone: str, settings: Settings | None = None) -> int:
    """Newest snapshot committed at or before `when`; a date means the end of that day.

    Raises `LakeMissing` for a moment before the first snapshot.
    """
    if not isinstance(when, datetime):
        when = datetime.combine(when + timedelta(days=1), time(), ZoneInfo(timezone))
        when -= timedelta(microseconds=1)
    moment = (when if when.tzinfo else when.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
    history = snapshots(settings)
    found = history.filter(history["snapshot_time"] <= moment)
    if found.is_empty():
        first = history["snapshot_time"].min()
        raise LakeMissing(
            f"as_of {when.isoformat()} is before the lake's first snapshot ({first!s}). "
            "Choose a later moment; `ff sql --snapshots` lists what is kept."
        )
    return int(found["snapshot_id"].max())  # type: ignore[arg-type]


def snapshot_date_of(snapshot: int, timezone: str, settings: Settings | None = None) -> date:
    """Date, in `timezone`, on which `snapshot` was committed; `LakeMissing` if not kept."""
    history = snapshots(settings)
    found = history.filter(history["snapshot_id"] == snapshot)
    if found.is_empty():
        ids = history["snapshot_id"]
        raise LakeMissing(
            f"Snapshot {snapshot} is not in the lake (kept: {ids.min()!s} to {ids.max()!s}). "
            "`ff sql --snapshots` lists them with their times."
        )
    moment: datetime = found["snapshot_time"].item()
    return moment.astimezone(ZoneInfo(timezone)).date()
