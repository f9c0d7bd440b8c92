"""What the scenarios choose by themselves, and what a person chooses."""

import pytest
from pydantic import ValidationError

from ff_analytics.domains.fantasy.cap import Charge, ledger
from ff_analytics.domains.fantasy.cap.book import Book
from ff_analytics.domains.fantasy.cap.orders import ExtensionOrder, TradeOrder, resolve
from ff_analytics.domains.fantasy.cap.scenarios import cut_options, scenarios
from ff_analytics.engine.base.errors import ConfigError
from tests.unit.cap.books import SEASON, available, book, signed

NAMES = {"a1": "Al Ash", "a2": "Abe Oak", "b1": "Bo Elm", "b2": "Abe Oak"}


@pytest.fixture
def league() -> Book:
    """Ants are tight, Bees have one short and one long contract, Cats have nobody."""
    return book(
        signed("a1", "Ants", 120, 120),
        signed("a2", "Ants", 60),
        signed("b1", "Bees", 40),
        signed("b2", "Bees", 1, kind="weekly"),
        charges=[Charge("Ants", SEASON, "dead", 50)],
    )


def test_by_default_each_franchise_cuts_whom_frees_most(league: Book) -> None:
    found = scenarios(league, names=NAMES)[1]
    assert found.moves == {
        "Ants": "cut Al Ash: saves $120",
        "Bees": "cut Bo Elm: saves $20",
    }
    assert available(found.book, "Ants")[0] == 250 - 60 - 50 - 60


def test_by_default_the_dearest_expiring_contracts_are_extended(league: Book) -> None:
    found = scenarios(league, names=NAMES)[2]
    assert found.moves == {
        "Ants": "extend Abe Oak: $60-60-60",
        "Bees": "extend Bo Elm: $40-40-40",
    }


def test_by_default_the_tightest_sends_its_dearest_to_the_widest(league: Book) -> None:
    found = scenarios(league, names=NAMES)[3]
    assert found.moves == {
        "Ants": "sends Al Ash to Cats",
        "Cats": "receives Al Ash from Ants",
    }


def test_chosen_cuts_are_made_together_and_each_once(league: Book) -> None:
    found = scenarios(league, cut=["al ash", "a1", "Bo Elm"], names=NAMES)[1]
    assert set(found.book.contracts) == {"a2", "b2"}
    assert set(found.moves) == {"Ants", "Bees"}


@pytest.mark.parametrize(
    ("order", "salaries"),
    [
        ({"player": "b1"}, [40, 40, 40]),
        ({"player": "b1", "years": 2, "total": 45}, [22, 23]),
        ({"player": "b1", "salaries": [17, 34, 49]}, [17, 34, 49]),
    ],
)
def test_an_extension_as_it_was_asked_for(
    league: Book, order: dict[str, object], salaries: list[int]
) -> None:
    found = scenarios(league, extend=[ExtensionOrder.model_validate(order)])[2]
    assert [year.salary for year in found.book.contracts["b1"].years[1:]] == salaries


def test_a_chosen_trade_names_goods_both_ways(league: Book) -> None:
    order = TradeOrder(giver="Ants", taker="Cats", players=["a2"], cap={SEASON: 3})
    found = scenarios(league, trade=[order], names=NAMES)[3]
    assert found.moves["Cats"] == "receives Abe Oak, $3 of 2026 from Ants"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Al Aash", "No player under contract is called 'Al Aash'. Did you mean Al Ash?"),
        ("zzz", "Give a player id or full name"),
        ("abe oak", "'abe oak' fits 2 players; give an id: a2, b2"),
    ],
)
def test_a_name_that_fits_nobody_or_two_is_refused(league: Book, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(text, league, NAMES)
    assert words in str(caught.value)


def test_a_trade_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="players or cap dollars"):
        TradeOrder(giver="Ants", taker="Bees")


def test_a_league_without_contracts_has_nothing_to_do() -> None:
    found = scenarios(book())
    assert all(not each.moves and len(ledger(each.book)) == 15 for each in found)


def test_no_default_trade_where_nothing_fits_and_none_without_franchises() -> None:
    tight = book(signed("a", "Ants", 300), signed("b", "Bees", 280), signed("c", "Cats", 240))
    assert scenarios(tight)[3].moves == {}
    empty = Book(tight.rules, SEASON, (), {})
    assert scenarios(empty)[3].moves == {}


def test_a_league_of_one_year_contracts_extends_nobody() -> None:
    short = book(signed("a", "Ants", 10))
    rules = short.rules.model_copy(update={"contract_years": 1})
    assert scenarios(Book(rules, SEASON, ("Ants",), short.contracts))[2].moves == {}


def test_options_are_ordered_by_relief_now_then_by_savings_in_all(league: Book) -> None:
    assert [option.player_id for option in cut_options(league)] == ["a1", "a2", "b1", "b2"]


def test_a_contract_that_begins_later_frees_nothing_now() -> None:
    [option] = cut_options(book(signed("a", "Ants", 9, first=SEASON + 1)))
    assert (option.salary, option.freed, option.saved) == (0, 0, 4)
