"""ingest/market-values: providers, matching, unchanged lists, and what is wrong with a list."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError, ContractViolation, SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.fakes.lake_players import load_players
from tests.fakes.market_server import MarketServer, serve

Query = Callable[[str], list[tuple[object, ...]]]
PEOPLE = [
    ("00-0000001", "Orrin Vance", "WR", "LV", 2021, 2026, "7001"),
    ("00-0000002", "AJ Brindle", "RB", "KC", 2023, 2026, "7002"),
    ("00-0000003", "Tove Sandqvist", "QB", "JAX", 2018, 2026, "7003"),
    ("00-0000004", "Sam Twin", "WR", "GB", 2020, 2026, None),
    ("00-0000005", "Sam Twin", "WR", "NE", 2022, 2026, None),
    ("00-0000006", "Orrin Vance", "WR", None, 1996, 2008, None),
]


@pytest.fixture
def players(lake_settings: Settings) -> Settings:
    load_players(*PEOPLE)
    return lake_settings


@pytest.fixture
def market(players: Settings) -> Iterator[MarketServer]:
    with serve() as running:
        yield running


@pytest.fixture
def own(players: Settings, tmp_path: Path) -> Callable[..., IngestionSummary]:
    """`own(text)` writes the text as a CSV file and loads it as the own list."""

    def load(text: str, **options: object) -> IngestionSummary:
        file = tmp_path / "values.csv"
        file.write_text(text)
        return run_ingest("market-values", {"provider": "own", "url": file.as_uri()} | options)

    return load


def values(stored: Query) -> dict[object, object]:
    return dict(stored("SELECT player_id, value FROM raw_market.values WHERE format = '1qb'"))  # type: ignore[arg-type]


def test_dynastyprocess_by_id_by_name_and_picks(market: MarketServer, stored: Query) -> None:
    summary = run_ingest("market-values", {"url": market.files})
    assert values(stored) == {
        "00-0000001": 10136,
        "00-0000002": 9424,
        "00-0000003": 5821,
        # 10500 * exp(-0.0235 * 20.3), and of 39.1.
        "PICK-2026-1-01": 6516,
        "PICK-2027-1-early": 4189,
    }
    assert summary.notes[0] == (
        "dynastyprocess 1qb: 5 of 6 matched (83.3%): 2 by id, 2 picks, 1 by name; "
        "not matched, most valuable first: Prospect Nobody"
    )


def test_unmatched_names_are_in_the_lake_and_among_the_tables(
    market: MarketServer, stored: Query
) -> None:
    summary = run_ingest("market-values", {"url": market.files})
    left = stored("SELECT listed_name, reason FROM raw_market.listings WHERE player_id IS NULL")
    assert left == [("Prospect Nobody", "unknown name")] * 2
    assert summary.tables["dynastyprocess-unmatched"][0]["listed_name"] == "Prospect Nobody"
    assert "Expected 90% at least" in summary.warnings[0]


def test_fantasycalc_asks_once_per_format(market: MarketServer, stored: Query) -> None:
    run_ingest("market-values", {"provider": "fantasycalc", "url": market.api, "ppr": 1})
    assert market.journal == [
        f"/values/current?isDynasty=true&numQbs={n}&numTeams=12&ppr=1" for n in (1, 2)
    ]
    passer = stored("SELECT format, value FROM raw_market.values WHERE player_id = '00-0000003'")
    assert sorted(passer) == [("1qb", 5900), ("superflex", 9900)]
    assert stored("SELECT matched_by FROM raw_market.listings WHERE position = 'WR'") == [
        ("id",),
        ("id",),
    ]


def test_an_unchanged_list_is_not_loaded_again(market: MarketServer) -> None:
    first, again = (run_ingest("market-values", {"url": market.files}) for _ in range(2))
    assert first.changed
    assert [part.not_modified for part in again.parts] == [True, True]
    market.publish("2026-11-21")
    assert run_ingest("market-values", {"url": market.files}).totals["updated"] > 0


def test_players_who_come_later_are_matched_without_a_new_list(
    market: MarketServer, stored: Query
) -> None:
    run_ingest("market-values", {"url": market.files})
    load_players(("00-0000009", "Prospect Nobody", "WR", None, 2027, None, None))
    run_ingest("market-values", {"url": market.files})
    assert values(stored)["00-0000009"] == 2588


def test_an_own_list_with_spreadsheet_habits(
    own: Callable[..., IngestionSummary], stored: Query
) -> None:
    text = (
        "Player;Pos;Team;Value\nO. Vance;WR;LVR;$9,750\nSam Twin;WR;NEP;1200\nAJ Brindle;RB;KC;\n"
    )
    own(text, format="superflex")
    assert stored("SELECT player_id, format, value FROM raw_market.values ORDER BY 1") == [
        ("00-0000001", "superflex", 9750.0),
        ("00-0000005", "superflex", 1200.0),
    ]


@pytest.mark.parametrize(
    ("other", "value"), [("9750,5", 1000), ("975.5", 1), ("1.234,50", 1000), ("$9,750", 1)]
)
def test_an_own_list_shows_its_decimal_separator(
    own: Callable[..., IngestionSummary], stored: Query, other: str, value: float
) -> None:
    own(f"name;position;value\nTove Sandqvist;QB;1.000\nAJ Brindle;RB;{other}\n")
    assert values(stored)["00-0000003"] == value
    assert values(stored)["00-0000002"] in (9750.5, 975.5, 1234.5, 9750)


def test_numbers_and_dates_with_two_readings_are_refused_with_both(
    own: Callable[..., IngestionSummary], stored: Query
) -> None:
    number, day = "name;value\nTove Sandqvist;1.000\n", "name,value,date\nAJ Brindle,5,3/4/26\n"
    with pytest.raises(
        SourceError, match=r"is not clear: row 2, value: '1.000' can be 1.000 or 1000: set d"
    ):
        own(number)
    with pytest.raises(SourceError, match=r"row 2, valued_on: '3/4/26' can be 2026-04-03 or"):
        own(day)
    own(number, decimal=",")
    assert values(stored) == {"00-0000003": 1000}
    own(day, day_first=True)
    assert stored("SELECT valued_on FROM raw_market.values") == [(date(2026, 4, 3),)]


def test_one_date_shows_the_order_of_all_and_years_in_short_are_of_this_century(
    own: Callable[..., IngestionSummary], stored: Query
) -> None:
    own("name,value,date\nAJ Brindle,5,9/8/26\nTove Sandqvist,5,9/20/26\n")
    assert stored("SELECT DISTINCT valued_on FROM raw_market.values ORDER BY 1") == [
        (date(2026, 9, 8),), (date(2026, 9, 20),),
    ]  # fmt: skip


def test_namesakes_without_a_club_stay_unmatched(
    own: Callable[..., IngestionSummary], stored: Query
) -> None:
    own("name,position,value\nSam Twin,WR,900\nTove Sandqvist,QB,500\n")
    assert values(stored) == {"00-0000003": 500}
    assert stored("SELECT reason FROM raw_market.listings WHERE listed_name = 'Sam Twin'") == [
        ("2 players of that name",)
    ]


def test_a_name_listed_twice_is_said(own: Callable[..., IngestionSummary], stored: Query) -> None:
    summary = own("name,position,value\nTove Sandqvist,QB,500\nTove Sandqvist,QB,700\n")
    assert "listed more than once, the last row was kept: Tove Sandqvist" in summary.warnings[0]
    assert values(stored) == {"00-0000003": 700}


def test_two_spellings_of_one_player_count_once(
    own: Callable[..., IngestionSummary], stored: Query
) -> None:
    own("name,position,value\nAJ Brindle,RB,500\nA.J. Brindle Jr.,RB,700\n")
    assert values(stored) == {"00-0000002": 700}
    assert stored("SELECT reason FROM raw_market.listings WHERE player_id IS NULL") == [
        ("second listing of 00-0000002",)
    ]


def test_an_old_list_warns_each_time(own: Callable[..., IngestionSummary]) -> None:
    text = "name,position,value,date\nTove Sandqvist,QB,500,2/16/2024\n"
    for summary in (own(text), own(text)):
        assert any("the newest value is of 2024-02-16" in line for line in summary.warnings)


def test_who_left_the_list_has_no_value_any_more(
    own: Callable[..., IngestionSummary], stored: Query
) -> None:
    own("name,value\nTove Sandqvist,500\nAJ Brindle,400\n")
    own("name,value\nAJ Brindle,450\n")
    assert values(stored) == {"00-0000002": 450}


BROKEN = {
    "<!DOCTYPE html><html><body>Sign in</body></html>": "is a web page, not data.*shared",
    "name,price\nTove Sandqvist,5\n": "lacks a column value, trade_value.*it has listed_name",
    "who,value\nTove Sandqvist,5\n": "lacks a column name, player",
    "name,value\nNo One,5\nSome Body,4\n": "None of the 2 names in .* is a known player's",
    "name,value\n": "holds no rows",
    "": "is not a readable CSV file",
    "name,value\nTove Sandqvist,5,6,7\n": "is not a readable CSV file",
}


def test_a_list_that_is_none_is_refused_and_the_old_values_stay(
    own: Callable[..., IngestionSummary], stored: Query
) -> None:
    own("name,value\nTove Sandqvist,500\n")
    for text, words in BROKEN.items():
        with pytest.raises(SourceError, match=words):
            own(text)
    assert values(stored) == {"00-0000003": 500}


def test_values_that_are_no_numbers_refuse_the_list(own: Callable[..., IngestionSummary]) -> None:
    with pytest.raises(ContractViolation, match=r"value\|nullability"):
        own("name,position,value\nTove Sandqvist,QB,a lot\nAJ Brindle,RB,400\n")


def test_a_missing_list_and_an_optional_one(market: MarketServer) -> None:
    del market.answers["/files/values-picks.csv"]
    assert "left out" in run_ingest("market-values", {"url": market.files}).warnings[0]
    del market.answers["/files/values-players.csv"]
    with pytest.raises(SourceError, match=r"values-players.csv does not exist"):
        run_ingest("market-values", {"url": market.files})


def test_without_players_nothing_can_be_matched(lake_settings: Settings) -> None:
    with pytest.raises(ConfigError, match="has no players to match names with"):
        run_ingest("market-values")


def test_own_needs_a_place() -> None:
    with pytest.raises(ConfigError, match="provider own needs url"):
        run_ingest("market-values", {"provider": "own"})


def test_public_lists_leave_the_sample_league_alone(lake_settings: Settings) -> None:
    load_players(("SMP-00001", "Orrin Vance", "WR", "LV", 2021, 2026, None), origin="sample")
    with serve() as running:
        summary = run_ingest("market-values", {"url": running.files})
    assert not summary.parts
    assert "the lake holds the sample league: nothing was loaded" in summary.warnings[0]
    assert lake.read("SELECT count(*) FROM raw_nflverse.players").item() == 1
