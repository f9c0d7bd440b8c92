"""Sheets as people keep them: layouts, spellings, and what is wrong by row, field and reason."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from ff_analytics.domains.fantasy.own_files.style import Style
from ff_analytics.domains.fantasy.sources.league_sheet import cells
from ff_analytics.domains.fantasy.sources.league_sheet.books import read_charges, read_rosters
from ff_analytics.domains.fantasy.sources.league_sheet.contracts import read_contracts
from ff_analytics.domains.fantasy.sources.league_sheet.load import address
from ff_analytics.domains.fantasy.sources.league_sheet.sheet import Sheet, read_sheet
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.base.settings import PROJECT_ROOT
from tests.unit.cap.books import the_rules

DAY = date(2026, 9, 1)
PEOPLE = pl.DataFrame(
    [
        ("p1", "Orrin Vance Jr.", "Orrin", "Vance", "WR", "LV"),
        ("p2", "A.J. Brindle", "AJ", "Brindle", "RB", "KC"),
        ("p3", "Sam Twin", "Sam", "Twin", "WR", "GB"),
        ("p4", "Sam Twin", "Sam", "Twin", "WR", "NE"),
    ],
    schema=["player_id", "display_name", "first_name", "last_name", "position", "team"],
    orient="row",
).with_columns(rookie_season=pl.lit(2022, pl.Int32), last_season=pl.lit(2026, pl.Int32))
Found = tuple[list[tuple[object, ...]], list[str]]


def contracts(text: str, whole: bool = True) -> Found:
    sheet = read_sheet(text.encode(), "file:///sheet.csv")
    frame = read_contracts(sheet, PEOPLE, the_rules(), DAY, whole)
    return frame.rows(), [flaw.sentence for flaw in sheet.flaws]


def test_a_long_sheet_with_other_names_for_its_columns() -> None:
    text = (
        "Player Name,Pos,Owner,Year,Cap Hit,Type\n"
        "Orrin Vance,WR,Ants,2026,$17,FAAD\n"
        'Orrin Vance,WR,Ants,2027,"$34.00",faad\n'
        "orrin vance jr,WR,Ants,2028,49,Auction\n"
    )
    rows, flaws = contracts(text)
    assert flaws == []
    assert rows == [("p1", "Ants", s, d, "faad") for s, d in ((2026, 17), (2027, 34), (2028, 49))]


def test_a_wide_sheet_has_a_column_per_season() -> None:
    text = "name;team;2026;2027;2028\nAJ Brindle;Bees;33;33;34\nOrrin Vance;Ants;0;12;\n"
    rows, flaws = contracts(text)
    assert flaws == []
    assert rows == [
        *(("p2", "Bees", 2026 + i, d, None) for i, d in enumerate((33, 33, 34))),
        ("p1", "Ants", 2027, 12, None),
    ]


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        ("Orrin Vance,WR,,Ants,2026,12.50,", "row 2, salary: '12.50' is not whole dollars; the"),
        ("Orrin Vance,WR,,Ants,2026,,", "row 2, salary: is empty"),
        ("Orrin Vance,WR,,Ants,2026,-4,", "row 2, salary: '-4' is negative"),
        ("Orrin Vance,WR,,Ants,2026,ten,", "row 2, salary: 'ten' is not a number of dollars"),
        ("Orrin Vance,WR,,Ants,26,12,", "row 2, season: '26' is not a season such as 2026"),
        ("Orrin Vance,WR,,,2026,12,", "row 2, franchise: is empty"),
        (",,,Ants,2026,12,", "row 2, player: is empty"),
        ("Nobody Known,WR,,Ants,2026,12,", "row 2, player: 'Nobody Known' is no player of the"),
        ("Sam Twin,WR,,Ants,2026,12,", "row 2, player: 'Sam Twin' is no player of the lake: 2 pl"),
        ("Orrin Vance,WR,,Ants,2026,12,loan", "row 2, contract_type: 'loan' is none of exten"),
        ("Orrin Vance,WR,,Ants,2026,7,rookie", "row 2, salary: $7 is not on the rookie scale"),
    ],
)
def test_a_row_that_is_wrong_is_named_with_field_and_reason(line: str, flaw: str) -> None:
    head = "player,position,nfl_team,franchise,season,salary,contract_type\n"
    rows, flaws = contracts(head + line + "\n")
    assert rows == []
    assert [said[: len(flaw)] for said in flaws] == [flaw]


@pytest.mark.parametrize(
    ("lines", "flaw"),
    [
        (("Ants,2026,5", "Bees,2026,5"), "franchise: duplicate contract: rows 2, 3 say Ants and B"),
        (("Ants,2026,5", "Ants,2026,6"), "salary: duplicate contract: rows 2, 3 differ about 2026"),
        (("Ants,2026,5", "Ants,2028,5"), "season: the contract leaves out 2027"),
        (("Ants,2026,51", "Ants,2027,33", "Ants,2028,16"), "salary: the first year ($51) is outs"),
        (("Ants,2026,5", "Ants,2027,x"), "salary: 'x' is not a number of dollars"),
    ],
)
def test_a_contract_stands_or_falls_as_a_whole(lines: tuple[str, ...], flaw: str) -> None:
    text = "player,franchise,season,salary\n" + "".join(f"Orrin Vance,{line}\n" for line in lines)
    rows, flaws = contracts(text)
    assert rows == []
    assert len(flaws) == len(lines)
    assert any(flaw in said for said in flaws)


def test_a_row_that_comes_twice_counts_once() -> None:
    line = "Orrin Vance,Ants,2026,5\n"
    assert contracts("player,franchise,season,salary\n" + 2 * line) == (
        [("p1", "Ants", 2026, 5, None)],
        [],
    )


def test_what_is_left_of_a_contract_is_not_judged_as_a_whole_one() -> None:
    def left(years: str) -> str:
        lines = "".join(f"Orrin Vance,Ants,{s},{d},{years}\n" for s, d in ((2026, 30), (2027, 40)))
        return f"player,franchise,season,salary,years\n{lines}"

    assert len(contracts(left(""))[1]) == 2
    assert contracts(left(""), whole=False)[1] == []
    assert contracts(left("4"))[1] == []
    assert "years: 2 seasons are listed, years says 1" in contracts(left("1"))[1][0]


def test_namesakes_are_told_apart_by_club_or_id_and_defences_by_their_id() -> None:
    text = (
        "player,player_id,position,nfl_team,franchise,season,salary\n"
        "Sam Twin,,WR,NEP,Ants,2026,3\nSam Twin,p3,,,Ants,2026,4\nDST-SEA,,,,Bees,2026,1\n"
    )
    rows, flaws = contracts(text)
    assert flaws == []
    assert [(row[0], row[3]) for row in rows] == [("p4", 3), ("p3", 4), ("DST-SEA", 1)]


def test_a_defence_of_no_club_is_set_aside() -> None:
    text = "player,franchise,season,salary\nDST-LAR,Ants,2026,1\nDST-XYZ,Ants,2026,1\n"
    rows, flaws = contracts(text)
    assert [row[0] for row in rows] == ["DST-LA"]
    assert flaws == ["row 3, player: 'DST-XYZ' is no club's defence: write DST-SEA and such"]


def test_team_is_the_nfl_team_where_another_column_is_the_franchise() -> None:
    text = "player,pos,team,owner,season,salary\nSam Twin,WR,GB,Ants,2026,3\n"
    assert contracts(text) == ([("p3", "Ants", 2026, 3, None)], [])


HEAD = "player;franchise;season;salary\n"
READINGS = "can be 1.000 or 1000: set decimal to '.' or ','"


@pytest.mark.parametrize("cell", ["1.000", "1,000"])
def test_dollars_with_two_readings_are_set_aside_with_both(cell: str) -> None:
    assert contracts(f"{HEAD}Orrin Vance;Ants;2026;{cell}\n") == (
        [],
        [f"row 2, salary: {cell!r} {READINGS}"],
    )


@pytest.mark.parametrize(("other", "dollars"), [("12,00", 1000), ("12.00", 1)])
def test_the_other_salaries_show_which_separator_the_sheet_uses(other: str, dollars: int) -> None:
    rows, flaws = contracts(f"{HEAD}Orrin Vance;Ants;2026;1.000\nAJ Brindle;Ants;2026;{other}\n")
    assert ([row[3] for row in rows], flaws) == ([dollars, 12], [])


def test_the_separator_can_be_set_and_a_comma_file_groups_with_commas() -> None:
    def first(text: str, decimal: str | None) -> object:
        sheet = read_sheet(text.encode(), "file:///sheet.csv", Style(decimal))
        return read_contracts(sheet, PEOPLE, None, DAY, whole=False)["salary"].to_list()

    assert first(f"{HEAD}Orrin Vance;Ants;2026;1.000\n", ",") == [1000]
    assert first(f"{HEAD}Orrin Vance;Ants;2026;1.000\n", ".") == [1]
    comma = 'player,franchise,season,salary\nOrrin Vance,Ants,2026,"1,000"\n'
    assert first(comma, None) == [1000]
    # Another cell proves a decimal comma, which stands above the habit of the file's separator.
    assert first(f'{comma}AJ Brindle,Ants,2026,"12,00"\n', None) == [1, 12]


def test_seasons_in_short_and_columns_that_are_not_read() -> None:
    sheet = read_sheet(
        b"player,franchise,'26,FY27,2028 Salary,2029-30,salary\nOrrin Vance,Ants,17,34,49,5,6\n",
        "file:///sheet.csv",
    )
    frame = read_contracts(sheet, PEOPLE, None, DAY, whole=True)
    assert frame["season"].to_list() == [2026, 2027, 2028]
    assert sheet.warnings[0].startswith("not read: '2029-30', 'salary'. Seasons are read from")


def test_two_columns_of_one_meaning_are_one_or_refused() -> None:
    head = "player,franchise,season,salary,salary,Cap Hit\n"
    rows, flaws = contracts(f"{head}Orrin Vance,Ants,2026,,12,\nAJ Brindle,Ants,2026,,,13\n")
    assert ([row[3] for row in rows], flaws) == ([12, 13], [])
    with pytest.raises(SourceError, match=r"'salary' and 'Cap Hit', and row 2 has '5' and '6'"):
        contracts(f"{head}Orrin Vance,Ants,2026,5,,6\n")


def test_an_unknown_status_is_not_active_and_an_error_is_no_name() -> None:
    text = "player,franchise,slot\nOrrin Vance,Ants,NA\nAJ Brindle,#REF!,\n"
    rows, flaws = of(text, lambda sheet: read_rosters(sheet, PEOPLE, DAY))
    assert rows == []
    assert flaws == [
        "row 2, slot: 'NA' is none of active, ir, taxi",
        "row 3, franchise: holds the spreadsheet's error #REF!",
    ]


def test_a_franchise_in_two_spellings_is_one() -> None:
    text = "player,franchise\nOrrin Vance,Ants\nAJ Brindle, ANTS\n"
    sheet = read_sheet(text.encode(), "file:///sheet.csv", None, {"ants": "ants"})
    assert set(read_rosters(sheet, PEOPLE, DAY)["franchise"]) == {"ants"}
    assert sheet.warnings[1] == "franchise 'ANTS' is read as 'ants'"


def test_a_sheet_without_its_columns_says_which_names_are_known() -> None:
    with pytest.raises(SourceError, match="lacks a column franchise, franchise_name, owner"):
        contracts("player,season,salary\nOrrin Vance,2026,3\n")
    with pytest.raises(SourceError, match="lacks a column season, year"):
        contracts("player,franchise\nOrrin Vance,Ants\n")
    with pytest.raises(SourceError, match="is a web page, not data"):
        contracts("<!doctype html><title>Sign in</title>")


def of(text: str, read: Callable[[Sheet], pl.DataFrame]) -> Found:
    sheet = read_sheet(text.encode(), "file:///sheet.csv")
    return read(sheet).rows(), [flaw.sentence for flaw in sheet.flaws]


def test_rosters_with_slots_in_any_words_and_a_player_in_two_places() -> None:
    text = (
        "player,position,franchise,status\nOrrin Vance,WR,Ants,Practice Squad\n"
        "AJ Brindle,RB,Ants,BN\nAJ Brindle,RB,Bees,BN\nSam Twin,WR,Ants,moon\n"
    )
    rows, flaws = of(text, lambda sheet: read_rosters(sheet, PEOPLE, DAY))
    assert rows == [("p1", "Ants", "taxi")]
    assert flaws[0].startswith("row 5, ")
    assert flaws[-1] == "row 4, franchise: rows 3, 4 say different things about the same player"


def test_charges_keep_every_entry_and_their_sign() -> None:
    text = (
        "franchise,season,kind,dollars,note\nAnts,2026,Dead Cap,5,cut\nAnts,2026,dead,5,cut\n"
        "Ants,2026,trade,-9,\nBees,2026,trade,9,\nBees,2026,dead,-1,\nBees,2026,gift,1,\n"
    )
    rows, flaws = of(text, read_charges)
    assert [row[3:] for row in rows] == [
        ("cut", 5), ("cut (2)", 5), ("entry", -9), ("entry", 9),
    ]  # fmt: skip
    assert flaws == [
        "row 6, dollars: '-1' is negative",
        "row 7, kind: 'gift' is none of dead, traded",
    ]


@pytest.mark.parametrize(
    ("text", "amount"), [("$1,200", 1200), (" 12.00 ", 12), ("7", 7), ("1,234,567", 1234567)]
)
def test_dollars_as_people_write_them(text: str, amount: int) -> None:
    assert cells.dollars(text) == amount


@pytest.mark.parametrize("text", ["12,50", "0.01", "1,23", "€5", "1e3", ""])
def test_what_is_no_whole_number_of_dollars_is_refused(text: str) -> None:
    with pytest.raises(cells.CellError, match="dollars"):
        cells.dollars(text)


def test_a_sheet_is_a_path_a_url_or_the_link_of_a_google_sheet() -> None:
    assert address("books/mine.csv", PROJECT_ROOT) == (PROJECT_ROOT / "books/mine.csv").as_uri()
    assert address("https://example.org/a.csv", PROJECT_ROOT) == "https://example.org/a.csv"
    link = "https://docs.google.com/spreadsheets/d/abc_1/edit#gid=7"
    export = "https://docs.google.com/spreadsheets/d/abc_1/export?format=csv&gid=7"
    assert address(link, PROJECT_ROOT) == export
