"""Exploring leaves official outputs alone: file, mart and report, of every league."""

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.outputs import File
from tests.fakes.small_league import BEFORE, WANTED, League

MART = "FROM analytics.mrt_player_valuation ORDER BY ALL"
OTHERS = ("redraft_ppr", "superflex_tep")


def official(league: League) -> tuple[dict[str, bytes], pl.DataFrame]:
    """Content of every file that is no scenario's, and the rows of the mart."""
    files = {
        str(path.relative_to(league.data)): path.read_bytes()
        for folder in ("analytics", "reports")
        for path in sorted((league.data / folder).rglob("*"))
        if path.is_file() and not {"scenarios", "as_of", "index.html"} & {*path.parts}
    }
    return files, lake.read(MART, settings=league.settings)


def test_a_scenario_has_its_own_file_and_report_and_says_so(league: League) -> None:
    assert league.run(**WANTED).outcome == "completed"
    files, rows = official(league)
    report = league.run(season=2024, **WANTED)
    assert report.outcome == "completed", report.error
    said = "Scenario, not the official output: season 2024 (official: none)."
    assert report.scenario == said
    assert "a scenario" in report.success_line()
    assert report.stages[-1].detail == "skipped: a scenario leaves the mart alone"
    file, page = Path(report.output or ""), Path(report.report or "")
    assert "scenarios/dynasty_half_ppr-season-2024-" in file.as_posix()
    assert pl.read_parquet_metadata(file)["ff.kind"] == "scenario"
    text = page.read_text()
    assert "<h1>Scenario: What every player is worth" in text.replace("\n", "")
    assert said in text
    # Neither the report of the day nor the artifacts of the official run lead to it.
    assert report.report_links == [str(page)]
    after = official(league)
    assert after[0] == files
    assert after[1].equals(rows)


def test_leagues_side_by_side_keep_file_report_and_rows(league: League) -> None:
    for name in (*OTHERS, "dynasty_half_ppr"):
        assert league.run(league=name, **WANTED).outcome == "completed"
    before, rows = official(league)
    assert league.run(league="redraft_ppr", **WANTED).outcome == "completed"
    folder = league.data / "analytics/player_valuation"
    for name in (*OTHERS, "dynasty_half_ppr"):
        held = pl.read_parquet(folder / name / "latest.parquet")
        assert held["league"].unique().to_list() == [name]
        assert (
            held.height
            == rows.filter(
                pl.col("league") == name,
                pl.col("snapshot_date") == held["snapshot_date"][0],
            ).height
        )
        assert name in (league.data / f"reports/valuation/{name}.html").read_text()
    own = folder / "dynasty_half_ppr/latest.parquet"
    assert (folder / "latest.parquet").read_bytes() == own.read_bytes()
    after = official(league)[0]
    changed = {name for name, content in after.items() if before[name] != content}
    assert all("redraft_ppr" in name for name in changed), changed
    assert after.keys() == before.keys()


def test_the_report_of_a_day_stays_when_the_next_is_published(league: League) -> None:
    first = league.run(**WANTED)
    folder = league.data / "reports"
    page = folder / f"valuation/dynasty_half_ppr/{WANTED['snapshot_date']}.html"
    assert first.report_links == [str(page)]
    assert first.report == str(folder / "valuation.html")
    text = page.read_text()
    assert text == (folder / "valuation.html").read_text()
    second = league.run(snapshot_date="2026-02-03")
    assert second.report_links == [str(page.with_name("2026-02-03.html"))]
    assert page.read_text() == text != (folder / "valuation.html").read_text()
    index = (folder / "index.html").read_text()
    for name in (page.name, "2026-02-03.html"):
        assert f'href="valuation/dynasty_half_ppr/{name}"' in index
    # A run on the past is no report of the day.
    days = sorted(file.name for file in page.parent.glob("*.html"))
    league.run(snapshot_date="2026-02-03", as_of=first.snapshot)
    assert sorted(file.name for file in page.parent.glob("*.html")) == days


def test_a_named_day_before_the_newest_official_one_is_refused(league: League) -> None:
    league.run(**WANTED)
    before = official(league)
    report = league.run(**BEFORE)
    assert report.error_kind == "configuration"
    assert "snapshot_date 2026-02-01 lies before the newest official day" in (report.error or "")
    assert official(league)[0] == before[0]


def test_only_what_moved_by_more_than_is_shown_counts_as_changed(league: League) -> None:
    league.run(**WANTED)

    def nudge(con: Any) -> None:
        one = "(SELECT min(player_id) FROM analytics.mrt_player_valuation WHERE vor > 50)"
        con.execute("UPDATE analytics.mrt_player_valuation SET vor = vor + 0.01, war = war + 0.001")
        con.execute(
            f"UPDATE analytics.mrt_player_valuation SET vor = vor + 5 WHERE player_id={one}"
        )

    lake.commit(lake.Provenance(author="t", message="nudge"), nudge, settings=league.settings)
    # Another league in between is no news of this one.
    league.run(league="redraft_ppr", snapshot_date="2026-02-03")
    diff = league.run(snapshot_date="2026-02-03").diff
    assert diff is not None
    assert (diff.added, diff.dropped, diff.changed, len(diff.movers)) == (0, 0, 1, 1)
    assert str(diff.before_date) == WANTED["snapshot_date"]


@pytest.mark.parametrize("old", [{"league": "redraft_ppr"}, {"season": 2024}])
def test_the_former_layout_loses_nothing(league: League, old: dict[str, Any]) -> None:
    """One file and one report, whatever their league and parameters, as version 0.1 left them."""
    made = league.run(**old, **WANTED)
    rows = pl.read_parquet(made.output or "")
    info = pl.read_parquet_metadata(made.output or "")
    history = lake.read(MART, settings=league.settings)
    page = Path(made.report or "").read_bytes()
    for folder in ("analytics/player_valuation", "reports"):
        shutil.rmtree(league.data / folder)
    former = {k: v for k, v in info.items() if k.startswith("ff.") and k != "ff.kind"}
    File(league.data / "analytics/player_valuation/latest.parquet").publish(rows, former)
    (league.data / "reports").mkdir()
    (league.data / "reports/valuation.html").write_bytes(page)
    assert league.run(snapshot_date="2026-02-03").outcome == "completed"
    assert pl.read_parquet(made.output or "").equals(rows)
    assert Path(made.report or "").read_bytes() == page
    kept = lake.read(MART, settings=league.settings)
    assert kept.filter(pl.col("snapshot_date").cast(str) < "2026-02-03").equals(history)
    assert set(league.published()["league"]) == {"dynasty_half_ppr"}


def test_a_lake_with_the_former_column_names_keeps_its_history(league: League) -> None:
    league.run(**WANTED)
    names = products.load("valuation").renamed
    before = lake.read(MART, settings=league.settings)

    def as_before(con: Any) -> None:
        for old, new in names.items():
            con.execute(f"ALTER TABLE analytics.mrt_player_valuation RENAME {new} TO {old}")

    lake.commit(lake.Provenance(author="t", message="0.1"), as_before, settings=league.settings)
    root = league.data / "analytics/player_valuation/latest.parquet"
    rows = pl.read_parquet(root).rename({new: old for old, new in names.items()})
    root.unlink()
    File(root).publish(rows, {})
    report = league.run(snapshot_date="2026-02-03")
    assert report.outcome == "completed", report.error
    # Found under its new names before anything was compared.
    assert report.diff is not None
    assert (report.diff.changed, report.diff.added) == (0, 0)
    after = lake.read(MART, settings=league.settings)
    assert after.columns == before.columns
    old_days = after.filter(pl.col("snapshot_date").cast(pl.String) < "2026-02-03")
    assert old_days.equals(before)
