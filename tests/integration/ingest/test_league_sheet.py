"""ingest/league-sheet: a league's own books in the lake, and what is wrong in quarantine."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine.base.errors import ConfigError, ContractViolation, SourceMissing
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.fakes.lake_players import load_players

Query = Callable[[str], list[tuple[object, ...]]]
Load = Callable[..., IngestionSummary]
HEAD = "player,position,franchise,season,salary\n"
PEOPLE = [
    (f"00-000000{n}", f"{name} Vance", "WR", "LV", 2021, 2026, None)
    for n, name in enumerate(("Al", "Bo", "Cy", "Dee", "Ed"), 1)
]
GOOD = [f"{name} Vance,WR,Ants,2026,{n}" for n, name in enumerate(("Al", "Bo", "Cy", "Dee"), 11)]
STATE = "SELECT player_id, season, salary FROM raw_league.contracts ORDER BY ALL"


@pytest.fixture
def load(lake_settings: Settings, tmp_path: Path) -> Load:
    """`load(line, ...)` writes the lines below the head as contracts and loads them."""
    load_players(*PEOPLE)
    file = tmp_path / "contracts.csv"

    def call(*lines: str, **options: object) -> IngestionSummary:
        file.write_text(HEAD + "\n".join(lines) + "\n")
        return run_ingest("league-sheet", {"contracts": str(file)} | options, run_id="test")

    return call


def test_contracts_are_loaded_and_a_second_time_unchanged(load: Load, stored: Query) -> None:
    assert load(*GOOD).totals["new"] == 4
    assert stored(STATE)[0] == ("00-0000001", 2026, 11.0)
    again = load(*GOOD)
    assert again.parts[0].not_modified


def test_wrong_rows_are_in_quarantine_with_row_field_and_reason(
    load: Load, stored: Query, lake_settings: Settings
) -> None:
    load(*GOOD)
    summary = load(*GOOD[:3], "Dee Vance,WR,Ants,2026,12.50", "Nobody,WR,Ants,2026,1")
    [file] = (lake_settings.quarantine_dir / "league-sheet" / "contracts").glob("*.parquet")
    rows = pl.read_parquet(file).sort("row")
    assert rows.select("row", "field", "sheet_player", "player_id").rows() == [
        ("5", "salary", "Dee Vance", "00-0000004"),
        ("6", "player", "Nobody", None),
    ]
    assert "'12.50' is not whole dollars" in rows["_reason"][0]
    assert "2 of 5 rows of the sheet were quarantined: row 5, salary" in summary.warnings[0]
    # The last good contract stays until the row is mended.
    assert ("00-0000004", 2026, 14.0) in stored(STATE)


def test_a_sheet_that_is_mostly_wrong_is_refused_and_the_old_rows_stay(
    load: Load, stored: Query
) -> None:
    load(*GOOD)
    before = stored(STATE)
    with pytest.raises(ContractViolation, match=r"3 of 4 rows break the contract \(at most 50%"):
        load(GOOD[0], *(f"Nobody {n},WR,Ants,2026,1" for n in range(3)))
    assert stored(STATE) == before


def test_one_contract_less_is_deleted_and_half_of_them_only_with_force(
    load: Load, stored: Query
) -> None:
    load(*GOOD, "Ed Vance,WR,Bees,2026,9")
    load(*GOOD)
    assert len(stored(STATE)) == 4
    assert "run again with force" in load(*GOOD[:2]).warnings[0]
    assert len(stored(STATE)) == 4
    load(*GOOD[:2], force=True)
    assert len(stored(STATE)) == 2


def test_new_players_make_an_unchanged_sheet_worth_reading_again(load: Load, stored: Query) -> None:
    load(*GOOD, "Fay Vance,WR,Bees,2026,9")
    load_players(("00-0000009", "Fay Vance", "WR", "LV", 2026, 2026, None))
    load(*GOOD, "Fay Vance,WR,Bees,2026,9")
    assert ("00-0000009", 2026, 9.0) in stored(STATE)


def test_books_of_the_sample_league_stay_sample(lake_settings: Settings, tmp_path: Path) -> None:
    load_players(*PEOPLE, origin="sample")
    file = tmp_path / "rosters.csv"
    file.write_text("player,franchise,slot\nAl Vance,Ants,ir\n")
    summary = run_ingest("league-sheet", {"rosters": file.as_uri()})
    assert summary.warnings == ()


def test_without_players_or_a_sheet_it_says_what_to_do(
    lake_settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="no players to match names with"):
        run_ingest("league-sheet", {"contracts": "x.csv"})
    with pytest.raises(ConfigError, match="give contracts, rosters or charges"):
        run_ingest("league-sheet", {})
    with pytest.raises(ConfigError, match="no league 'nope'"):
        run_ingest("league-sheet", {"league": "nope", "contracts": "x.csv"})
    load_players(*PEOPLE)
    with pytest.raises(SourceMissing, match=r"nowhere.csv does not exist"):
        run_ingest("league-sheet", {"contracts": str(tmp_path / "nowhere.csv")})
