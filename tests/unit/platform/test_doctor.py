"""The doctor without a server: what is fine, what is not, and what to do about it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake import ops
from ff_analytics.engine.lake.care import backup
from ff_analytics.engine.lake.care.maintenance import maintain
from ff_analytics.platform import doctor
from ff_analytics.platform.processes import services


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    folder: Path = tmp_path_factory.mktemp("doctor")
    env = services.reach(folder, services.free_port())
    done = subprocess.run(
        [sys.executable, "-m", "ff_analytics.cli", "doctor", "--json"],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    return {line["what"]: line for line in json.loads(done.stdout)}


def test_a_missing_server_fails_and_says_how_to_start_it(lines: dict[str, dict[str, str]]) -> None:
    assert lines["server"]["verdict"] == "fail"
    assert "prefect server start" in lines["server"]["what_to_do"]


def test_installed_packages_are_those_of_the_lock(lines: dict[str, dict[str, str]]) -> None:
    assert lines["packages"]["verdict"] == "ok"
    assert lines["DuckDB extensions"]["verdict"] == "ok"


def test_no_lake_yet_is_a_warning_with_a_way_on(lines: dict[str, dict[str, str]]) -> None:
    assert lines["lake"]["verdict"] == "warn"
    assert "quickstart" in lines["lake"]["what_to_do"]


def test_without_a_lake_nobody_asks_for_copies_of_its_catalog(
    lines: dict[str, dict[str, str]],
) -> None:
    assert "catalog copy" not in lines


def test_the_age_of_the_newest_catalog_copy_is_judged(lake_settings: Settings) -> None:
    who = lake.Provenance(author="test", message="first")
    lake.commit(who, lambda con: con.execute("CREATE SCHEMA raw_test"))
    (line,) = doctor.catalog_copies()
    assert (line.verdict, line.found) == ("warn", "none yet")
    folder = backup.folder_of(lake_settings)
    folder.mkdir()
    (folder / "catalog-20260101T040000Z.sqlite").touch()
    assert next(doctor.catalog_copies()).verdict == "warn"
    maintain(dry_run=False)
    (line,) = doctor.catalog_copies()
    assert (line.verdict, line.found) == ("ok", "0 minutes old, 2 kept")


def test_an_output_or_mart_without_rows_is_never_ok(lake_settings: Settings) -> None:
    folder = Path(lake_settings.analytics) / "player_valuation"
    folder.mkdir(parents=True)
    pl.DataFrame({"a": []}).write_parquet(folder / "latest.parquet")
    (line,) = doctor.outputs()
    assert (line.verdict, line.found) == ("warn", "latest.parquet is empty (0 rows)")
    (folder / "latest.parquet").write_bytes(b"PAR1")
    (line,) = doctor.outputs()
    assert line.verdict == "fail"

    def empty_mart(con: duckdb.DuckDBPyConnection) -> None:
        con.execute("CREATE SCHEMA analytics")
        con.execute("CREATE TABLE analytics.mrt_player_valuation (snapshot_date DATE)")
        ops.ensure_tables(con)

    lake.commit(lake.Provenance(author="test", message="empty"), empty_mart)
    found = {line.what: line for line in doctor.the_lake()}
    assert found["analytics.mrt_player_valuation"].verdict == "warn"
    assert found["analytics.mrt_player_valuation"].what_to_do == "Run analytics/valuation."
