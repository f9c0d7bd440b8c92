"""The deployments around the main job complete through the same worker."""

import json
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from tests.e2e.conftest import NEW_SOURCE, Platform
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)


def test_hello_proves_the_workspace(platform: Platform) -> None:
    assert "Completed" in platform.run("workspace-check/hello")


def test_the_warehouse_is_rebuilt_and_tested(sample: Platform) -> None:
    assert "Completed" in sample.run("warehouse/refresh")


def test_the_nightly_care_completes(sample: Platform) -> None:
    assert "Completed" in sample.run("maintenance/nightly", dry_run="true")
    assert "Completed" in sample.run("maintenance/nightly")


def test_the_template_product_completes(sample: Platform) -> None:
    assert "Completed" in sample.run("analytics/template")
    assert (sample.data / "analytics/template/latest.parquet").exists()


def test_what_was_never_loaded_and_what_is_switched_off_is_skipped(
    platform: Platform, tmp_path: Path
) -> None:
    empty, off = {"FF_DATA_DIR": str(tmp_path)}, {"FF_DOMAINS": "marketing"}
    for name in ("analytics/channel-performance", "leagues/valuation-all-leagues"):
        assert platform.run(name, env=empty) == "Skipped"
    for name in ("warehouse/refresh", "maintenance/nightly"):
        assert platform.run(name, env=empty) == "Skipped"
    for name in ("ingest/sample", "analytics/valuation"):
        assert platform.run(name, env=off) == "Skipped"


def test_cap_scenarios_complete_with_a_chosen_cut_and_a_sheet(
    sample: Platform, tmp_path: Path
) -> None:
    charges = tmp_path / "charges.csv"
    charges.write_text("franchise,season,kind,dollars,note\nBog Goblins,2026,dead,3,e2e\n")
    settings = Settings(data_dir=sample.data)
    assert "Completed" in sample.run("ingest/league-sheet", charges=charges)
    longest = "SELECT player_id FROM raw_league.contracts ORDER BY season DESC, salary DESC LIMIT 1"
    player = lake.read(longest, settings=settings).item()
    assert "Completed" in sample.run("analytics/cap-scenarios")
    official = (
        "SELECT count(DISTINCT franchise) FROM analytics.mrt_cap_scenarios WHERE moves ^@ 'cut'"
    )
    before = lake.read(official, settings=settings).item()
    assert before > 1
    assert "Completed" in sample.run("analytics/cap-scenarios", cut=json.dumps([player]))
    (file,) = (sample.data / "analytics" / "cap_scenarios" / "scenarios").rglob("latest.parquet")
    cut = pl.read_parquet(file).filter(pl.col("moves").str.starts_with("cut"))
    assert cut["franchise"].n_unique() == 1
    assert lake.read(official, settings=settings).item() == before


def test_a_scaffolded_source_deploys_and_runs(platform: Platform) -> None:
    assert "Completed" in platform.run(f"ingest/{NEW_SOURCE}")
    rows = lake.read(
        "SELECT id, amount FROM raw_draft_positions.rows ORDER BY id",
        settings=Settings(data_dir=platform.data),
    )
    assert rows.rows() == [("a", 1.5), ("b", 2.0), ("c", None)]


def test_projections_and_their_back_test_complete(sample: Platform) -> None:
    assert "Completed" in sample.run("analytics/projections")
    assert "Completed" in sample.run("analytics/weekly-projections")
    assert "Completed" in sample.run("backtest/weekly")
    for name in ("multi_year_projections", "weekly_projections", "backtest"):
        assert (sample.data / "analytics" / name / "latest.parquet").exists()
