"""The lake on Postgres and S3: the same runs and rows, nobody's password, outages survived."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.ingest import run_ingest
from ff_analytics.engine.lake.attach.extensions import extension_directory
from ff_analytics.platform import doctor
from tests.fakes import cut_proxy, object_store, postgres
from tests.fakes.reader import check_settled
from tests.fakes.releases import write_release
from tests.fakes.small_league import BEFORE, League, small_league
from tests.waiting import PATIENCE

SECRETS = (postgres.PASSWORD, object_store.SECRET, object_store.KEY)
WHO = lake.Provenance(author="test", message="load")
Place = Callable[[str], Settings]


@pytest.fixture(scope="session")
def local_league(tmp_path_factory: pytest.TempPathFactory) -> League:
    return small_league(tmp_path_factory.getbasetemp())


def leaks(folder: Path, *said: str) -> list[str]:
    """Files, texts and records of the lake in which a secret stands."""
    texts = {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    texts |= {text[:40]: text.encode() for text in said}
    for table in ("ops.ingest_runs", "ops.cursors", "ops.check_results"):
        texts[table] = lake.read(f"FROM {table}").write_csv().encode()
    texts["snapshots"] = lake.snapshots().write_csv().encode()
    return [place for place, text in texts.items() if any(s.encode() in text for s in SECRETS)]


def moved(local: League, to: Path) -> League:
    """The local league's provider files and expectations, for a lake elsewhere."""
    league = League(to)
    shutil.copytree(local.folder / "files" / "nflverse", league.release)
    for name in ("before", "wanted"):
        shutil.copy(local.folder / f"{name}.parquet", to)
    return league


def test_a_run_on_postgres_and_s3_equals_the_local_one_in_spite_of_20_s_of_503(
    local_league: League, tmp_path: Path, move_to: Place, store: object_store.ObjectStore
) -> None:
    settings = move_to("postgres-s3")
    league = moved(local_league, tmp_path)
    league.ingest(2024)
    before = league.run(**BEFORE)
    assert before.outcome == "completed", before.error
    league.ingest(2025)
    asked = len(store.asked())
    run = league.start()
    while run.poll() is None and len(store.asked()) == asked:
        time.sleep(0.05)
    with store.outage():
        time.sleep(20)
    told = run.communicate(timeout=PATIENCE)[1]
    assert run.returncode == 0, told
    check_settled(league)
    published = f"{settings.analytics}/player_valuation/latest.parquet"
    assert published.removeprefix(f"s3://{object_store.BUCKET}/") in store.keys("lake")
    assert published in (league.data / "reports" / "valuation.html").read_text()
    assert not (league.data / "analytics").exists()
    assert leaks(league.data, told) == []


def test_two_loads_at_once_on_postgres(move_to: Place, tmp_path: Path) -> None:
    move_to("postgres-s3")
    release = write_release(tmp_path / "release", 2023).as_uri()
    options = {"seasons": [2023], "base_url": release, "include_schedules": False}
    code = f"from ff_analytics.engine.ingest import run_ingest; run_ingest('nflverse', {options!r})"
    both = [subprocess.Popen([sys.executable, "-c", code], env=os.environ) for _ in range(2)]
    assert [process.wait(100) for process in both] == [0, 0]
    counted = "count(*), count(DISTINCT (season, week, player_id))"
    assert lake.read(f"SELECT {counted} FROM raw_nflverse.player_week").rows() == [(60, 60)]
    again = run_ingest("nflverse", options)
    assert not again.changed
    assert leaks(tmp_path, again.model_dump_json()) == []


def append(number: int, then: Callable[[], object] = lambda: None) -> lake.Committed[None]:
    def work(con: duckdb.DuckDBPyConnection) -> None:
        con.execute("CREATE SCHEMA IF NOT EXISTS raw_test")
        con.execute("CREATE TABLE IF NOT EXISTS raw_test.rows (id BIGINT)")
        con.execute("INSERT INTO raw_test.rows VALUES (?)", [number])
        then()

    return lake.commit(lake.Provenance(author="test", message=str(number)), work)


def test_a_commit_whose_answer_was_lost_is_stored_once(
    move_to: Place, database: postgres.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = move_to("postgres-local")
    append(1)
    with cut_proxy.before(database.port) as proxy:
        through = settings.lake_catalog.replace(str(database.port), str(proxy.port))
        monkeypatch.setenv("FF_LAKE_CATALOG", through)
        get_settings.cache_clear()
        done = append(2, then=proxy.armed.set)
        assert proxy.cuts == 1
        assert done.snapshot == lake.current_snapshot()
        assert lake.read("FROM raw_test.rows ORDER BY id")["id"].to_list() == [1, 2]


def test_connections_cut_again_and_again_lose_and_double_nothing(
    move_to: Place, database: postgres.Postgres
) -> None:
    settings = move_to("postgres-local")
    append(0)
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    stop = threading.Event()

    def cutting() -> None:
        with duckdb.connect(config={"extension_directory": str(extension_directory())}) as con:
            con.execute("LOAD postgres_scanner")
            con.execute(f"ATTACH '{settings.lake_catalog[9:]}' AS pg (TYPE postgres)")
            while not stop.wait(0.25):
                con.execute(f"CALL postgres_execute('pg', '{cut}')")

    thread = threading.Thread(target=cutting)
    thread.start()
    try:
        for number in range(1, 6):
            append(number)
    finally:
        stop.set()
        thread.join()
    assert lake.read("FROM raw_test.rows ORDER BY id")["id"].to_list() == list(range(6))


def test_who_is_refused_is_told_what_to_correct_and_no_secret(
    move_to: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = move_to("postgres-s3")
    append(1)
    wrong = settings.lake_catalog.replace(postgres.PASSWORD, "planted-wrong-password")
    with pytest.raises(ConfigError, match="FF_LAKE_CATALOG") as caught:
        lake.read("SELECT 1", settings=settings.model_copy(update={"lake_catalog": wrong}))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "PLANTEDWRONGKEY")
    get_settings.cache_clear()
    many = pl.DataFrame({"id": range(5000)})
    with pytest.raises(ConfigError, match="AWS_ACCESS_KEY_ID") as denied:
        lake.commit(WHO, lambda con: lake.upsert(con, many, "raw_test.many", ("id",)))
    said = str(caught.value) + str(denied.value)
    assert "planted-wrong-password" not in said
    assert object_store.SECRET not in said


def test_a_store_without_credentials_is_said_before_anything_runs(
    move_to: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_to("sqlite-s3")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    get_settings.cache_clear()
    with pytest.raises(ConfigError, match=r"needs AWS_ACCESS_KEY_ID .* in \.env"):
        append(1)


def test_the_doctor_says_what_it_asked_and_what_it_did_not(
    move_to: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_to("postgres-s3")
    append(1)
    found = {line.what: line for line in (*doctor.object_store(), *doctor.catalog_copies())}
    assert {line.verdict for line in found.values()} == {doctor.Verdict.OK}
    assert "writing is not tried" in found["object store"].found
    assert "pg_dump" in found["catalog copy"].found
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "PLANTEDWRONGKEY")
    get_settings.cache_clear()
    (refused,) = doctor.object_store()
    assert refused.verdict is doctor.Verdict.FAIL
    assert "AWS_ACCESS_KEY_ID" in refused.found
