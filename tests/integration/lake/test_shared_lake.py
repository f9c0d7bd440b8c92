"""The lake on Postgres and S3: the same runs and rows, nobody's password, outages survived."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ff_analytics import lake
from ff_analytics.ingest import run_ingest
from ff_analytics.settings import Settings
from tests.fakes import object_store, postgres
from tests.fakes.reader import check_settled
from tests.fakes.releases import write_release
from tests.fakes.small_league import BEFORE, League, small_league

SECRETS = (postgres.PASSWORD, object_store.SECRET, object_store.KEY)
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


def test_a_whole_run_on_postgres_and_s3_equals_the_local_one(
    local_league: League, tmp_path: Path, move_to: Place, store: object_store.ObjectStore
) -> None:
    settings = move_to("postgres-s3")
    league = moved(local_league, tmp_path)
    league.ingest(2024)
    before = league.run(**BEFORE)
    assert before.outcome == "completed", before.error
    league.ingest(2025)
    run = league.start()
    told = run.communicate(timeout=200)[1]
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
    code = f"from ff_analytics.ingest import run_ingest; run_ingest('nflverse', {options!r})"
    both = [subprocess.Popen([sys.executable, "-c", code], env=os.environ) for _ in range(2)]
    assert [process.wait(100) for process in both] == [0, 0]
    counted = "count(*), count(DISTINCT (season, week, player_id))"
    assert lake.read(f"SELECT {counted} FROM raw_nflverse.player_week").rows() == [(60, 60)]
    again = run_ingest("nflverse", options)
    assert not again.changed
    assert leaks(tmp_path, again.model_dump_json()) == []
