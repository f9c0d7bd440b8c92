"""The read layer on a real lake: pinned, bounded, locked in, and in nobody's way."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeDamaged, LakeMissing
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.care.maintenance import maintain
from ff_analytics.engine.read.provenance import provenance
from ff_analytics.engine.read.query.limits import Limits, QueryFailed, QueryRefused, QueryStopped
from ff_analytics.engine.read.query.locked import locked
from ff_analytics.engine.read.reader import reader
from tests.fakes.attempts import ATTEMPTS


def write(settings: Settings, *statements: str) -> int:
    """Commit the statements; the new snapshot."""

    def work(con: duckdb.DuckDBPyConnection) -> None:
        for statement in statements:
            con.execute(statement)

    lake.commit(lake.Provenance(author="test", message="rows"), work, settings=settings)
    return lake.current_snapshot(settings)


@pytest.fixture
def stocked(lake_settings: Settings) -> Settings:
    write(
        lake_settings,
        "CREATE SCHEMA marts",
        "CREATE TABLE marts.weeks AS SELECT range AS week, 1 AS points FROM range(50000)",
    )
    return lake_settings


def test_all_reads_of_a_reader_are_of_one_snapshot(stocked: Settings) -> None:
    pinned = reader(settings=stocked)
    write(stocked, "INSERT INTO marts.weeks VALUES (-1, 1)")
    sql = "SELECT count(*) AS n FROM marts.weeks"
    assert pinned.query(sql).frame["n"].item() == pinned.ask(sql)["n"].item() == 50_000
    assert reader(settings=stocked).query(sql).frame["n"].item() == 50_001
    assert reader(pinned.snapshot, settings=stocked).ask(sql)["n"].item() == 50_000


def test_as_of_a_snapshot_that_is_not_kept_names_those_that_are(stocked: Settings) -> None:
    with pytest.raises(LakeMissing, match="keeps 0 to"):
        reader(999, settings=stocked)


@pytest.mark.parametrize("sql", ATTEMPTS)
def test_no_attempt_changes_the_lake_or_leaves_it(stocked: Settings, sql: str) -> None:
    before = lake.current_snapshot(stocked)
    with pytest.raises(QueryRefused):
        reader(settings=stocked).query(sql)
    assert lake.current_snapshot(stocked) == before


@pytest.mark.parametrize(
    "sql",
    [
        "FROM read_text('/etc/hostname')",
        "FROM glob('/etc/*')",
        "FROM read_csv('https://127.0.0.1:9/x.csv')",
        "COPY (SELECT 1) TO '/tmp/ff-read-lock-test.csv'",
        "ATTACH '/tmp/ff-read-lock-test.db' AS other",
        "INSTALL spatial",
        "LOAD httpfs",
        "SET memory_limit = '64GB'",
        "SET enable_external_access = true",
        "INSERT INTO marts.weeks VALUES (1, 1)",
        "FROM planted",
    ],
)
def test_the_connection_is_locked_even_without_the_guard(stocked: Settings, sql: str) -> None:
    # A name that DuckDB would look up in the caller's frame.
    planted = pl.DataFrame({"secret": [1]})
    assert planted.height
    snapshot = lake.current_snapshot(stocked)
    with pytest.raises(duckdb.Error), locked(stocked, snapshot, Limits()) as con:
        con.execute(sql).fetchall()


def test_rows_beyond_the_limit_are_left_out_and_the_result_says_so(stocked: Settings) -> None:
    found = reader(settings=stocked, limits=Limits(rows=100)).query("FROM marts.weeks")
    assert (found.frame.height, found.truncated) == (100, "the first 100 rows")


def test_wide_rows_stop_at_the_limit_of_bytes(stocked: Settings) -> None:
    sql = "SELECT repeat('x', 10000) AS wide FROM marts.weeks"
    found = reader(settings=stocked, limits=Limits(result_mb=8, rows=50_000)).query(sql)
    assert found.truncated == "the first 8 MB"


COUNTED = "SELECT count(*), sum(points) FROM marts.weeks"
ENDLESS = "SELECT sum(a.week * b.week * c.week) FROM marts.weeks a, marts.weeks b, marts.weeks c"


def test_a_query_without_end_is_stopped(stocked: Settings) -> None:
    with pytest.raises(QueryStopped, match=r"limit of 0\.5 s"):
        reader(settings=stocked, limits=Limits(seconds=0.5)).query(ENDLESS)


def test_a_query_is_cancelled_by_its_caller(stocked: Settings) -> None:
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    with pytest.raises(QueryStopped, match="cancelled"):
        reader(settings=stocked, limits=Limits(seconds=60)).query(ENDLESS, cancel)


def test_a_query_past_its_memory_fails_and_the_next_one_works(stocked: Settings) -> None:
    small = reader(settings=stocked, limits=Limits(memory_mb=64))
    with pytest.raises(QueryFailed, match="memory"):
        small.query("SELECT list(a.week || repeat('y', 50)) FROM marts.weeks a, range(200)")
    assert small.query("SELECT 1 AS one").frame["one"].item() == 1


def test_a_misspelt_column_is_explained_without_a_traceback(stocked: Settings) -> None:
    with pytest.raises(QueryFailed, match="wek"):
        reader(settings=stocked).query("SELECT wek FROM marts.weeks")


def test_a_writer_in_a_loop_is_never_held_up_by_readers(stocked: Settings) -> None:
    stop, longest, commits = threading.Event(), [0.0], [0]

    def commit_on() -> None:
        while not stop.is_set():
            started = time.monotonic()
            write(stocked, f"INSERT INTO marts.weeks VALUES ({-commits[0]}, 1), (0, 1)")
            longest[0] = max(longest[0], time.monotonic() - started)
            commits[0] += 1

    writing = threading.Thread(target=commit_on)
    writing.start()
    try:
        until = time.monotonic() + 6
        while time.monotonic() < until:
            pinned = reader(settings=stocked)
            rows, points = pinned.query("SELECT count(*), sum(points) FROM marts.weeks").frame.row(
                0
            )
            # Each commit adds two rows: an odd number would be half of one.
            assert rows == points == pinned.ask("SELECT count(*) FROM marts.weeks").item()
            assert rows % 2 == 0
    finally:
        stop.set()
        writing.join()
    assert commits[0] >= 3
    assert longest[0] < stocked.lake_lock_timeout / 4


def test_a_pinned_reader_survives_maintenance(stocked: Settings) -> None:
    for number in range(3):
        write(stocked, f"INSERT INTO marts.weeks VALUES ({-number}, 1)")
    pinned = reader(settings=stocked)
    maintain(dry_run=False, settings=stocked)
    found = pinned.query("SELECT count(*) AS n FROM marts.weeks")
    assert found.frame["n"].item() == 50_003


def test_a_result_says_where_it_comes_from(stocked: Settings) -> None:
    pinned = reader(settings=stocked)
    found = pinned.query("SELECT week FROM marts.weeks LIMIT 3")
    known = provenance(pinned, found.tables, found.frame.columns)
    assert known.snapshot == lake.current_snapshot(stocked)
    assert datetime.now(UTC) - known.committed_at < timedelta(minutes=5)
    assert [(f.table, f.rows) for f in known.tables] == [("marts.weeks", 50_000)]
    assert [c.name for c in known.columns] == ["week"]


def test_files_are_read_below_the_folders_that_the_caller_names(stocked: Settings) -> None:
    folder = stocked.data / "quarantine" / "source"
    folder.mkdir(parents=True)
    pl.DataFrame({"_reason": ["too tall"]}).write_parquet(folder / "rows.parquet")
    sql = f"SELECT _reason FROM read_parquet('{folder}/*.parquet')"
    pinned = reader(settings=stocked)
    with pytest.raises(QueryRefused):
        pinned.query(sql)
    assert pinned.query(sql, folders=[folder]).frame["_reason"].to_list() == ["too tall"]
    with pytest.raises(QueryFailed, match="Cannot access"):
        pinned.query("FROM read_csv('/etc/passwd')", folders=[folder])


def test_a_lost_data_file_is_named_not_a_riddle(stocked: Settings) -> None:
    lost = next(Path(stocked.files).rglob("*.parquet"))
    lost.unlink()
    with pytest.raises(LakeDamaged, match=lost.name):
        reader(settings=stocked).query("SELECT sum(points) FROM marts.weeks")


def test_without_a_lake_the_error_says_what_to_do(lake_settings: Settings) -> None:
    with pytest.raises(LakeMissing, match="ingest"):
        reader(settings=lake_settings)
