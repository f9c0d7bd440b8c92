"""Killed anywhere, or run twice at once: the next run ends with the table of a quiet one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from ff_analytics.engine.ingest import IngestionSummary
from tests.fakes.release_server import ReleaseServer
from tests.fakes.releases import season_frame, write_season

Ingest = Callable[..., IngestionSummary]
Query = Callable[[str], list[tuple[object, ...]]]

WEEKS = "SELECT * FROM raw_nflverse.player_week ORDER BY season, week, player_id"
POINTS = (
    *("ingest.after-fetch", "ingest.before-upsert", "lake.before-commit"),
    *("lake.after-commit", "ingest.after-upsert"),
)


def start(base_url: str, data: Path, fault: str = "") -> subprocess.Popen[str]:
    """`ingest/nflverse` of 2022 and 2023 in a process of its own."""
    options = {"seasons": [2022, 2023], "base_url": base_url, "include_schedules": False}
    code = f"from ff_analytics.engine.ingest import run_ingest; run_ingest('nflverse', {options!r})"
    env = {**os.environ, "FF_DATA_DIR": str(data), "FF_FAULT": fault}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=env, cwd=PROJECT_ROOT, stderr=subprocess.PIPE, text=True
    )


def restated() -> pl.DataFrame:
    """2022 with one more week, one row fewer and one correction."""
    frame = season_frame(2022, weeks=4)
    correction = pl.when(pl.int_range(pl.len()) == 30).then(1).otherwise(pl.col("carries"))
    return frame.with_columns(carries=correction.cast(pl.Int32)).slice(1)


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_run_converges(
    ingest: Ingest, server: ReleaseServer, stored: Query, lake_settings: Settings, point: str
) -> None:
    ingest()
    before = stored(WEEKS)
    write_season(server.folder, 2022, restated())
    killed = start(server.url, lake_settings.data, f"{point}=kill")
    killed.communicate()
    assert killed.returncode == -9
    seen = stored(WEEKS)
    assert len(seen) == (139 if point in ("lake.after-commit", "ingest.after-upsert") else 120)
    assert seen == before or len(seen) == 139
    ingest()
    want = restated().select("week", "player_id", "carries").sort("week", "player_id").rows()
    got = "SELECT week, player_id, carries::INT FROM raw_nflverse.player_week WHERE season = 2022"
    assert stored(f"{got} ORDER BY 1, 2") == want
    assert len(stored(WEEKS)) == 139


def test_two_at_once_load_every_row_once(
    server: ReleaseServer, stored: Query, lake_settings: Settings
) -> None:
    both = [start(server.url, lake_settings.data) for _ in range(2)]
    errors = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    counted = "count(*), count(DISTINCT (season, week, player_id))"
    assert stored(f"SELECT {counted} FROM raw_nflverse.player_week") == [(120, 120)]
    assert stored("SELECT count(*) FROM ops.cursors") == [(3,)]
    assert stored("SELECT sum(rows_new) FROM ops.ingest_runs WHERE part <> ''") == [(120,)]
