"""Projections and their back-test through the stages, on a league with three seasons."""

import json
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.domains.fantasy.products.projections.contract import MultiYearProjection
from ff_analytics.domains.fantasy.sources.sample.generator import write_league
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import run_ingest
from ff_analytics.engine.products.pipeline import run_product

MART = "analytics.mrt_multi_year_projections"
DATED = {"snapshot_date": "2026-02-02"}


@pytest.fixture(scope="module")
def three_seasons(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("three-seasons")
    write_league(folder / "files", seasons=(2023, 2024, 2025))
    settings = Settings(data_dir=folder / "data")
    base = (folder / "files" / "nflverse").as_uri()
    run_ingest("nflverse", {"seasons": [2023, 2024, 2025], "base_url": base}, settings=settings)
    return settings


def test_file_and_mart_hold_the_leagues_of_the_run(three_seasons: Settings) -> None:
    leagues = ["redraft_ppr", "superflex_tep"]
    report = run_product("projections", {"leagues": leagues, **DATED}, settings=three_seasons)
    assert report.outcome == "completed", report.error
    rows = pl.concat(pl.read_parquet(file) for file in report.outputs)
    assert MultiYearProjection.is_valid(rows)
    assert sorted(rows["league"].unique()) == leagues
    for league in leagues:
        assert (three_seasons.reports_dir / f"projections/{league}.html").exists()
    assert rows["base_season"].unique().to_list() == [2025]
    mart = lake.read(f"SELECT * FROM {MART}", settings=three_seasons)
    assert mart.height == rows.height


def test_the_next_season_is_valued_from_the_projections(three_seasons: Settings) -> None:
    given = {"league": "redraft_ppr", "basis": "projections", **DATED}
    report = run_product("valuation", given, settings=three_seasons)
    assert report.outcome == "completed", report.error
    rows = pl.read_parquet(str(report.output))
    assert rows["season"].unique().to_list() == [2026]
    assert rows["basis"].unique().to_list() == ["projections"]
    wanted = lake.read(
        f"SELECT player_id, total_points FROM {MART} "
        "WHERE league = 'redraft_ppr' AND projection_season = 2026",
        settings=three_seasons,
    )
    both = rows.join(wanted, on="player_id")
    assert (both["total_points"] - both["total_points"]).abs().max() < 0.001  # type: ignore[operator]


def test_a_league_without_projections_is_told_to_make_them(three_seasons: Settings) -> None:
    given = {"league": "dynasty_half_ppr", "basis": "projections", **DATED}
    report = run_product("valuation", given, settings=three_seasons)
    assert report.error_kind == "broken-input"
    assert "ff run projections --league dynasty_half_ppr" in str(report.error)


def test_a_model_that_has_become_worse_fails_after_publishing(
    three_seasons: Settings, tmp_path: Path
) -> None:
    figures = tmp_path / "stored.json"
    kept = {"model": "ridge", "first_season": 2025, "last_season": 2025}
    figures.write_text(json.dumps({**kept, "figures": {"mae/WR/1": 0.01}}))
    report = run_product("backtest", {"stored": str(figures), **DATED}, settings=three_seasons)
    assert report.error_kind == "model-regression"
    assert report.failure_line().startswith(
        "quality-gate: model-regression: 1 of 1 accuracy figures"
    )
    published = lake.read(
        "SELECT DISTINCT model FROM analytics.mrt_backtest", settings=three_seasons
    )
    assert published.height == 5
    assert (three_seasons.reports_dir / "backtest.html").exists()
