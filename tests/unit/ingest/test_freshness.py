"""Ages of tables: what counts as fresh when a load brings no rows or a clock is wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.checks.checks import freshness
from ff_analytics.engine.checks.result import CheckResult, Status
from ff_analytics.engine.lake import ops
from ff_analytics.engine.sources import registry as sources
from ff_analytics.platform import doctor
from ff_analytics.platform.watch import observe

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TABLE = "raw_test.games"


@pytest.fixture(autouse=True)
def table(lake_settings: Settings) -> Settings:
    return lake_settings


def load(at: datetime, rows: int, table: str = TABLE, *, unchanged: int = 0) -> None:
    """One load of `table` that ended at `at` and brought so many rows."""

    def write(con: duckdb.DuckDBPyConnection) -> None:
        ops.ensure_tables(con)
        frame = pl.DataFrame({"id": range(rows)}, schema={"id": pl.Int64})
        lake.upsert(con, frame, table, ("id",))
        ops.append(
            con,
            "ops.ingest_runs",
            table_name=table,
            origin="provider",
            finished_at=at,
            rows_fetched=rows,
            rows_unchanged=unchanged,
        )

    lake.commit(lake.Provenance(author="test", message="load"), write)


def judged(now: datetime = NOW, **options: bool | int) -> CheckResult:
    dataset = Dataset("games", TABLE, ("id",), "", **options)  # type: ignore[arg-type]
    with lake.connect() as con:
        return freshness(con, dataset, now)


def test_a_load_with_rows_is_fresh_until_its_policy_ends() -> None:
    load(NOW - DAY, 3)
    assert judged().status is Status.OK
    assert judged(NOW + 10 * DAY).status is Status.WARN
    assert judged(NOW + 20 * DAY).status is Status.ERROR


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, Status.ERROR),
        ({"optional": True}, Status.SKIPPED),
        ({"minimum_rows": 0}, Status.SKIPPED),
    ],
)
def test_an_empty_table_is_called_empty_and_not_fresh(
    options: dict[str, Any], status: Status
) -> None:
    load(NOW - DAY, 0)
    result = judged(**options)
    assert result.status is status
    assert result.observed == "empty (0 rows), last load 1.0 days ago"


def test_loads_that_bring_no_rows_keep_nothing_fresh() -> None:
    load(NOW - 9 * DAY, 3)
    load(NOW - DAY, 0)
    result = judged()
    assert result.status is Status.WARN
    assert result.observed == "no load brought rows in the last 9.0 days"
    assert not result.stale
    load(NOW - DAY / 2, 0, unchanged=3)
    assert judged().status is Status.OK


def test_a_load_stamped_in_the_future_is_not_fresh_for_ever() -> None:
    load(NOW - 20 * DAY, 3)
    load(NOW + 300 * DAY, 3)
    assert judged().status is Status.ERROR
    load(NOW, 3)
    assert judged().status is Status.OK
    assert judged(NOW + 20 * DAY).status is Status.ERROR


def test_after_the_clock_was_set_back_the_age_is_unknown_and_said() -> None:
    load(NOW, 3)
    result = judged(NOW - 3 * DAY)
    assert (result.status, result.stale) == (Status.WARN, True)
    assert result.observed == "last loaded 3.0 days in the future"
    assert "clock" in result.hint


def test_clocks_of_several_hosts_may_differ_by_minutes() -> None:
    load(NOW + timedelta(minutes=2), 3)
    assert judged().observed == "last loaded 0.0 days ago"


def test_doctor_and_watch_say_that_the_clock_is_behind_the_lake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load(NOW, 3)
    assert "clock" not in {line.what for line in doctor.the_lake()}
    monkeypatch.setattr(
        "ff_analytics.engine.lake.history._now", lambda: datetime.now(UTC) - 3 * DAY
    )
    (line,) = [line for line in doctor.the_lake() if line.what == "clock"]
    assert line.verdict is doctor.Verdict.WARN
    assert "3.0 days later than this machine's clock" in line.found
    assert "clock" in {finding.kind for finding in observe.of_lake()}


def test_the_doctor_calls_an_empty_table_empty() -> None:
    known = next(iter(sources.by_table()))
    load(datetime.now(UTC), 0, known)
    (line,) = [line for line in doctor.the_lake() if line.what == known]
    assert line.verdict is doctor.Verdict.WARN
    assert line.found.startswith("empty (0 rows)")
