"""From the league's tables to the book and back, and what is wrong with tables."""

from datetime import date

import duckdb
import polars as pl
import pytest

from ff_analytics.domains.fantasy.cap.book import Book
from ff_analytics.domains.fantasy.cap.checks import cap_checks
from ff_analytics.domains.fantasy.cap.scenarios import scenarios
from ff_analytics.domains.fantasy.cap.tables import book_of, frame_of, loaded_book, season_of
from ff_analytics.domains.fantasy.league.league import load_profile
from ff_analytics.domains.fantasy.products.cap_scenarios.contract import CapScenario
from ff_analytics.engine.base.errors import BrokenInput, ConfigError
from tests.unit.cap.books import the_rules

CONTRACTS = pl.DataFrame(
    [
        ("a", "Ants", 2025, 30.0, None),
        ("a", "Ants", 2026, 30.0, None),
        ("b", "Bees", 2026, 7.0, "rookie"),
        ("b", "Bees", 2027, 24.0, "rookie_option"),
    ],
    schema=["player_id", "franchise", "season", "salary", "contract_type"],
    orient="row",
)
CHARGES = pl.DataFrame(
    [("Ants", 2025, "dead", 4.0), ("Ants", 2026, "traded", -5.0), ("Bees", 2026, "traded", 5.0)],
    schema=["franchise", "season", "kind", "dollars"],
    orient="row",
)
ROSTERS = pl.DataFrame({"franchise": ["Bees", "Cats"]})


def loaded(contracts: pl.DataFrame = CONTRACTS, season: int = 2026) -> Book:
    return book_of(contracts, CHARGES, ROSTERS, the_rules(), season)


def test_the_book_holds_every_franchise_and_only_what_is_ahead() -> None:
    book = loaded()
    assert book.franchises == ("Ants", "Bees", "Cats")
    assert [year.salary for year in book.contracts["a"].years] == [30]
    assert len(book.charges) == 2


def test_scenarios_as_rows_meet_the_contract() -> None:
    frame = frame_of(scenarios(loaded(), names={"b": "Bo Elm"})).with_columns(
        league=pl.lit("mine"),
        snapshot_date=pl.lit(date(2026, 9, 1)),
        input_snapshot_id=pl.lit(7),
    )
    valid = CapScenario.validate(frame.select(CapScenario.column_names()), cast=True)
    assert valid.height == 4 * 3 * 5
    now = valid.filter(pl.col("projection_year") == 2026, pl.col("scenario_name") == "cut")
    assert now.sort("franchise")["change_from_baseline"].to_list() == [15, 3, 0]


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2027, 2, 14), 2026),
        (date(2027, 2, 15), 2027),
        (date(2026, 11, 21), 2026),
        (date(2031, 1, 1), 2027),
        (date(1999, 5, 5), 2025),
    ],
)
def test_the_cap_year_begins_after_the_super_bowl(day: date, season: int) -> None:
    assert season_of(day, [2025, 2026, 2027]) == season


def test_cents_are_refused_with_player_and_season() -> None:
    cents = CONTRACTS.with_columns(salary=pl.col("salary") + 0.5)
    with pytest.raises(BrokenInput, match=r"3 salaries are not whole dollars, first 30.5 \(player"):
        loaded(cents)


def test_a_player_under_two_contracts_is_refused() -> None:
    second = CONTRACTS.head(1).with_columns(
        franchise=pl.lit("Bees"), season=pl.lit(2027, dtype=pl.Int64)
    )
    with pytest.raises(BrokenInput, match="a is under contract with Ants and Bees"):
        loaded(pl.concat([CONTRACTS, second]))


def test_a_season_without_contracts_and_a_league_without_cap_are_refused() -> None:
    day, mine = date(2026, 9, 1), load_profile("dynasty_half_ppr")
    with pytest.raises(ConfigError, match="no contract for season 2031; it has contracts for 2025"):
        loaded_book(CONTRACTS, CHARGES, ROSTERS, mine, 2031, day)
    with pytest.raises(ConfigError, match="redraft_ppr has no cap rules"):
        loaded_book(CONTRACTS, CHARGES, ROSTERS, load_profile("redraft_ppr"), None, day)
    assert loaded_book(CONTRACTS, CHARGES, ROSTERS, mine, None, day).season == 2026
    assert loaded_book(CONTRACTS, CHARGES, ROSTERS, mine, 2027, day).season == 2027


def checked(contracts: pl.DataFrame, charges: pl.DataFrame, league: str) -> dict[str, str]:
    """Status by check over tables in memory."""
    con = duckdb.connect()
    con.execute("CREATE SCHEMA raw_league")
    for name, frame in (("contracts", contracts), ("cap_charges", charges)):
        con.register("given", frame.with_columns(league=pl.lit(league)).to_arrow())
        con.execute(f"CREATE TABLE raw_league.{name} AS FROM given")
    return {r.check: f"{r.status}: {r.observed}" for r in cap_checks(con, load_profile(league))}


def test_sound_books_pass_every_check() -> None:
    sound = CONTRACTS.filter(pl.col("player_id") == "a")
    found = checked(sound, CHARGES, "dynasty_half_ppr")
    assert [line.partition(":")[0] for line in found.values()] == ["ok"] * 3


def test_cents_are_an_error_and_odd_contracts_or_trades_a_warning() -> None:
    cents = CONTRACTS.with_columns(salary=pl.col("salary") + pl.col("player_id").is_in(["a"]) * 0.5)
    found = checked(cents, CHARGES.head(2), "dynasty_half_ppr")
    assert found["whole dollars"].startswith("error: 2 salaries with cents: a, 2025: 30.5")
    assert found["traded cap adds up"] == "warn: 2026: -5 dollars"
    assert "b: $7 is not on the rookie scale" in found["contracts within the rules"]


def test_a_league_without_a_cap_has_no_rules_to_break() -> None:
    assert "contracts within the rules" not in checked(CONTRACTS, CHARGES, "redraft_ppr")
