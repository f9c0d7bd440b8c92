"""Runs of a product on a small league, alone and beside others."""

import shutil
import subprocess
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import PROJECT_ROOT, get_settings
from ff_analytics.engine.lake.care import backup
from tests.fakes.reader import Reader, check_settled
from tests.fakes.small_league import BEFORE, WANTED, League
from tests.waiting import until


def wait_for(file: Path, process: subprocess.Popen[str]) -> None:
    """Until the process has come to its fault point."""

    def there() -> bool:
        assert process.poll() is None
        return file.exists()

    until(f"{file} appears", there, every=0.02)


def builds(league: League) -> list[str]:
    """Messages of the commits that rebuilt marts, oldest first."""
    made = lake.snapshots(league.settings).filter(pl.col("message").str.starts_with("marts built"))
    return made["message"].to_list()


def test_a_run_leaves_file_mart_and_report(league: League) -> None:
    report = league.run(**WANTED)
    assert (report.outcome, report.error, report.warnings) == ("completed", None, [])
    assert [stage.outcome for stage in report.stages] == ["completed"] * 5
    check_settled(league)
    info = pl.read_parquet_metadata(league.latest)
    assert info["ff.lake_snapshot"] == str(report.snapshot)
    assert info["ff.snapshot_date"] == WANTED["snapshot_date"]


def test_a_second_run_changes_nothing_and_rebuilds_nothing(league: League) -> None:
    league.run(**WANTED)
    before = builds(league)
    report = league.run(**WANTED)
    assert "marts up to date" in report.stages[1].detail
    assert builds(league) == before
    check_settled(league)


def test_what_changed_is_against_the_official_day_before(league: League) -> None:
    league.run(**WANTED)
    page = league.data / "reports" / "valuation.html"
    # The day before is of another season: no news, so no section.
    assert 'id="changes"' not in page.read_text()
    league.restate(2025)
    league.ingest(2025)
    next_day = {"snapshot_date": "2026-02-03"}
    first, rerun = league.run(**next_day).diff, league.run(**next_day).diff
    assert first
    assert first.changed
    # A rerun compares with the day before too, not with the run before.
    assert rerun == first
    assert all(f">{mover.key}</th>" in page.read_text() for mover in first.movers)
    assert f"dated {WANTED['snapshot_date']} and read at lake snapshot" in page.read_text()


def test_a_changed_input_rebuilds_the_marts_once(league: League) -> None:
    league.restate(2025)
    league.ingest(2025)
    first, second = league.run(**WANTED), league.run(**WANTED)
    assert "marts rebuilt" in first.stages[1].detail
    assert "marts up to date" in second.stages[1].detail
    points = pl.col("total_points").sum()
    assert (
        league.published().select(points).item() > league.expected("wanted").select(points).item()
    )


def test_a_changed_league_file_rebuilds_the_marts(
    league: League, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(PROJECT_ROOT / "leagues", tmp_path / "leagues"))
    file = folder / "dynasty_half_ppr.yaml"
    file.write_text(file.read_text().replace("receptions: 0.5", "receptions: 1.0"))
    monkeypatch.setenv("FF_LEAGUES_DIR", str(folder))
    get_settings.cache_clear()
    report = league.run(**WANTED)
    assert "marts rebuilt" in report.stages[1].detail
    receivers = pl.col("total_points").filter(pl.col("position") == "WR").sum()
    more = league.published().select(receivers).item()
    assert more > 1.1 * league.expected("wanted").select(receivers).item()


def test_a_mart_that_somebody_dropped_is_built_again(league: League) -> None:
    mart = "marts.mrt_fantasy_actuals_weekly"
    who = lake.Provenance(author="somebody", message="drop")
    lake.commit(who, lambda con: con.execute(f"DROP TABLE {mart}"), settings=league.settings)
    assert "marts rebuilt" in league.run(**WANTED).stages[1].detail
    check_settled(league)


def test_a_moved_data_folder_still_opens(league: League, tmp_path: Path) -> None:
    moved = League(tmp_path)
    shutil.copytree(league.data, moved.data)
    shutil.copy(league.folder / "before.parquet", tmp_path)
    shutil.copy(league.folder / "wanted.parquet", tmp_path)
    shutil.rmtree(league.data)
    assert moved.run(**WANTED).error is None
    check_settled(moved)
    league.restore("warm")


def test_a_run_on_the_past_reproduces_its_rows_after_a_restatement(league: League) -> None:
    then = league.run(**WANTED)
    first = pl.read_parquet(league.latest)
    league.restate(2025)
    league.ingest(2025)
    league.run(**WANTED)
    latest = league.latest.read_bytes()
    again = league.run(**WANTED, as_of=then.snapshot)
    assert again.output is not None
    assert pl.read_parquet(again.output).equals(first)
    assert Path(again.output).parent.name == "as_of"
    report = Path(again.report or "")
    assert report.read_text().rstrip().endswith("</html>")
    assert report.parent == league.data / "reports" / "valuation" / "dynasty_half_ppr" / "as_of"
    # Neither the newest file nor the mart follows a run on the past.
    assert league.latest.read_bytes() == latest
    assert not league.mart(WANTED["snapshot_date"]).equals(first.drop("input_snapshot_id"))


def test_two_runs_of_one_product_at_once_end_as_one(league: League) -> None:
    league.restore("stale")
    before = builds(league)
    with Reader(league) as reader:
        both = [league.start(), league.start()]
        said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    reader.check()
    check_settled(league)
    # The second one waits for the first one's build and finds it fresh.
    assert len(builds(league)) == len(before) + 1


def test_runs_of_two_products_at_once_both_complete(league: League) -> None:
    league.restore("stale")
    words = [f"--{name.replace('_', '-')}={value}" for name, value in BEFORE.items()]
    both = [league.start("template", *words), league.start()]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    check_settled(league)
    template = pl.read_parquet(league.data / "analytics" / "template" / "latest.parquet")
    mart = lake.read("SELECT * FROM analytics.mrt_template", settings=league.settings)
    assert mart.filter(pl.col("snapshot_date") == template["snapshot_date"][0]).height > 5


def test_an_ingest_and_maintenance_at_once_both_complete(league: League) -> None:
    league.restore("stale")
    league.restate(2024)
    league.restate(2025)
    both = [league.start_maintenance(), league.start_ingest(2024, 2025)]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    for season in (2024, 2025):
        assert league.season(season).equals(league.delivered(season))
    assert len(backup.copies(league.settings)) == 1


def test_a_run_beside_maintenance_stays_with_the_rows_that_it_pinned(
    league: League, tmp_path: Path
) -> None:
    release = tmp_path / "release"
    pinned = league.start(FF_FAULT="load-mart.after-pin=hang", FF_FAULT_RELEASE=str(release))
    wait_for(release.with_suffix(".reached"), pinned)
    maintenance = league.start_maintenance()
    while "maintenance" not in (league.data / "lake" / "catalog.holder.json").read_text():
        assert maintenance.poll() is None
    release.touch()
    said = [process.communicate()[1] for process in (pinned, maintenance)]
    assert [pinned.returncode, maintenance.returncode] == [0, 0], said
    check_settled(league)


def test_a_run_beside_an_ingest_stays_with_the_rows_that_it_pinned(
    league: League, tmp_path: Path
) -> None:
    release = tmp_path / "release"
    pinned = league.start(FF_FAULT="load-mart.after-pin=hang", FF_FAULT_RELEASE=str(release))
    wait_for(release.with_suffix(".reached"), pinned)
    league.restate(2025)
    league.ingest(2025)
    assert "marts rebuilt" in league.run("template").stages[1].detail
    release.touch()
    said = pinned.communicate()[1]
    assert pinned.returncode == 0, said
    check_settled(league)
    league.run(**WANTED)
    assert not league.published().equals(league.expected("wanted"))


def test_a_lake_of_an_earlier_release_gets_the_columns_that_are_new(league: League) -> None:
    league.restore("stale")

    def as_before(con: duckdb.DuckDBPyConnection) -> None:
        for column in ("spread_line", "total_line"):
            con.execute(f"ALTER TABLE raw_nflverse.schedules DROP COLUMN {column}")
        con.execute("DROP TABLE raw_nflverse.injuries")

    who = lake.Provenance(author="test", message="as before")
    lake.commit(who, as_before, settings=league.settings)
    assert league.run(**WANTED).error is None
    report = league.run("weekly-projections", **WANTED)
    assert report.error is None
    lines = lake.read(
        "SELECT count(*), count(spread_line) FROM raw_nflverse.schedules", settings=league.settings
    ).row(0)
    assert lines[0] > 0
    assert lines[1] == 0
