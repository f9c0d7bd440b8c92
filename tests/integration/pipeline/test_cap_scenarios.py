"""analytics/cap-scenarios from a league's sheets to file, mart and page."""

from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.ingest import run_ingest
from tests.fakes.small_league import League

DAY = {"snapshot_date": "2026-09-01"}


@pytest.fixture
def capped(league: League, tmp_path: Path) -> League:
    """The small league with contracts of four players, dead and traded cap, from sheets."""
    known = "SELECT gsis_id FROM raw_nflverse.players ORDER BY 1 LIMIT 4"
    a, b, c, d = lake.read(known, settings=league.settings)["gsis_id"]
    books = {
        "contracts": (
            f"player_id,owner,2026,2027,2028\n{a},Ants,15,20,25\n{b},Ants,60,,\n"
            f"{c},Bees,17,34,49\n{d},Bees,51,33,16\n"
        ),
        "charges": (
            "franchise,season,kind,dollars\nAnts,2026,dead,7\nAnts,2026,traded,-5\n"
            "Bees,2026,traded,5\n"
        ),
        "rosters": f"player_id,franchise\n{a},Ants\n{d},Cats\n",
    }
    given = {}
    for name, text in books.items():
        (tmp_path / f"{name}.csv").write_text(text)
        given[name] = str(tmp_path / f"{name}.csv")
    summary = run_ingest("league-sheet", given, settings=league.settings)
    assert "row 5, salary: the first year ($51)" in " ".join(summary.warnings)
    return league


def test_a_run_leaves_file_mart_and_page(capped: League) -> None:
    report = capped.run("cap-scenarios", **DAY)
    assert (report.outcome, report.error, report.warnings) == ("completed", None, [])
    rows = pl.read_parquet(capped.data / "analytics" / "cap_scenarios" / "latest.parquet")
    mart = lake.read("SELECT * FROM analytics.mrt_cap_scenarios", settings=capped.settings)
    assert mart.select(rows.columns).sort(pl.all()).equals(rows.sort(pl.all()))
    now = rows.filter(pl.col("projection_year") == 2026).sort("scenario_name", "franchise")
    room = {
        key: part["available_cap_space"].to_list()
        for (key,), part in now.group_by(["scenario_name"])
    }
    assert room["baseline"] == [250 - 75 - 7 - 5, 250 - 17 + 5, 250]
    assert room["cut"] == [163 + 30, 238 + 8, 250]
    assert room["trade"] == [163 + 60, 238, 250 - 60]
    assert "What a cut frees" in (capped.data / "reports" / "cap-scenarios.html").read_text()


def test_history_is_kept_by_day_and_a_rerun_replaces_its_own(capped: League) -> None:
    for day in ("2026-09-01", "2026-09-02", "2026-09-02"):
        assert capped.run("cap-scenarios", snapshot_date=day).outcome == "completed"
    counted = "SELECT snapshot_date::VARCHAR, count(*) FROM analytics.mrt_cap_scenarios GROUP BY 1"
    days = dict(lake.read(counted, settings=capped.settings).rows())
    assert days == {"2026-09-01": 60, "2026-09-02": 60}


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"cut": ["Nobody"]}, "No player under contract is called 'Nobody'"),
        ({"season": 2031}, "no contract for season 2031; it has contracts for 2026 to 2028"),
        (
            {"trade": [{"giver": "Owls", "taker": "Ants", "cap": {"2026": 3}}]},
            "no franchise 'Owls'",
        ),
    ],
)
def test_a_wrong_choice_fails_in_one_sentence_and_publishes_nothing(
    capped: League, parameters: dict[str, object], words: str
) -> None:
    report = capped.run("cap-scenarios", **DAY, **parameters)
    assert (report.outcome, report.error_kind) == ("failed", "configuration")
    assert words in str(report.error)
    assert not (capped.data / "analytics" / "cap_scenarios").exists()


def test_cents_that_came_past_the_sheet_are_refused_before_the_marts(capped: League) -> None:
    who = lake.Provenance(author="somebody", message="cents")
    change = "UPDATE raw_league.contracts SET salary = 17.5 WHERE salary = 17"
    lake.commit(who, lambda con: con.execute(change), settings=capped.settings)
    report = capped.run("cap-scenarios", **DAY)
    assert report.error_kind == "broken-input"
    assert "1 salaries with cents" in str(report.error)
