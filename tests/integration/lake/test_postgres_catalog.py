"""The lake on a Postgres catalog: the same load and run, and its password nowhere."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ff_analytics import lake
from ff_analytics.errors import FFError
from ff_analytics.ingest import run_ingest
from ff_analytics.settings import Settings, get_settings
from tests.fakes import postgres
from tests.fakes.releases import write_release


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    with postgres.serve("lake") as running:
        yield running


@pytest.fixture
def settings(
    server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    monkeypatch.setenv("FF_LAKE_CATALOG", f"postgres:{server.dsn('lake')}")
    monkeypatch.setenv("FF_DATA_DIR", str(tmp_path / "data"))
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


def leaks(folder: Path) -> list[str]:
    word = postgres.PASSWORD.encode()
    files = (file for file in folder.rglob("*") if file.is_file())
    return [str(file) for file in files if word in file.read_bytes()]


def test_a_load_and_a_second_one_at_once(settings: Settings, tmp_path: Path) -> None:
    release = write_release(tmp_path / "release", 2023).as_uri()
    options = {"seasons": [2023], "base_url": release, "include_schedules": False}
    code = f"from ff_analytics.ingest import run_ingest; run_ingest('nflverse', {options!r})"
    both = [subprocess.Popen([sys.executable, "-c", code], env=os.environ) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    counted = "count(*), count(DISTINCT (season, week, player_id))"
    assert lake.read(f"SELECT {counted} FROM raw_nflverse.player_week").rows() == [(60, 60)]
    again = run_ingest("nflverse", options)
    assert not again.changed
    assert postgres.PASSWORD not in again.model_dump_json()
    assert leaks(tmp_path) == []


def test_a_wrong_password_is_not_repeated(
    settings: Settings, server: postgres.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = settings.lake_catalog.replace(postgres.PASSWORD, "planted-wrong-password")
    with pytest.raises(FFError, match="could not be opened") as caught:
        lake.read("SELECT 1", settings=settings.model_copy(update={"lake_catalog": wrong}))
    assert "planted-wrong-password" not in str(caught.value)
    assert "Postgres catalog" in str(caught.value)
