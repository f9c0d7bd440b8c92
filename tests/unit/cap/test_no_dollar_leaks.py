"""Whatever franchises do, each dollar is somewhere: on a contract, dead, or with somebody else."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ff_analytics.domains.fantasy.cap import Book, ledger, standard_split
from ff_analytics.domains.fantasy.cap.moves import cut, extend, release, trade
from ff_analytics.domains.fantasy.cap.scenarios import scenarios
from tests.unit.cap.books import SEASON, TEAMS, books

Sums = Counter[str]


def sums(book: Book, seasons: range | None = None) -> Sums:
    found: Sums = Counter()
    for line in ledger(book, seasons):
        found["active"] += line.active
        found["dead"] += line.dead
        found["traded"] += line.traded
        found["available"] += line.available
        found["contracts"] += line.contracts
    return found


@given(books())
def test_the_ledger_holds_every_dollar_of_the_book(book: Book) -> None:
    total = sums(book)
    assert total["active"] == sum(y.salary for c in book.contracts.values() for y in c.years)
    assert total["dead"] == sum(c.dollars for c in book.charges if c.kind == "dead")
    assert total["traded"] == 0
    owed = total["active"] + total["dead"]
    assert total["available"] == len(TEAMS) * len(book.seasons) * book.rules.base - owed


@given(books(), st.data())
def test_a_cut_turns_each_salary_into_what_it_frees_and_what_it_owes(
    book: Book, data: st.DataObject
) -> None:
    if not book.contracts:
        return
    player = data.draw(st.sampled_from(sorted(book.contracts)))
    years, before, after = release(book, player), ledger(book), ledger(cut(book, player))
    assert all(0 <= year.dead <= year.salary for year in years)
    freed = {(book.contracts[player].franchise, year.season): year.freed for year in years}
    for old, new in zip(before, after, strict=True):
        assert new.available - old.available == freed.get((old.franchise, old.season), 0)


@given(books(), st.data())
def test_a_trade_only_moves_dollars(book: Book, data: st.DataObject) -> None:
    giver, taker = data.draw(st.permutations(TEAMS))[:2]
    own = [contract.player_id for contract in book.of(giver)]
    players = data.draw(st.lists(st.sampled_from(own), unique=True)) if own else []
    cap = data.draw(st.dictionaries(st.integers(SEASON, SEASON + 4), st.integers(1, 250)))
    after = trade(book, giver, taker, players, cap)
    assert sums(after) == sums(book)
    back = trade(after, taker, giver, players, cap)
    assert ledger(back) == ledger(book)


@given(books(), st.integers(1, 5), st.integers(5, 200))
def test_an_extension_adds_its_salaries_and_nothing_else(
    book: Book, years: int, total: int
) -> None:
    room = {
        player: book.rules.contract_years - (c.last.season - SEASON + 1)
        for player, c in book.contracts.items()
    }
    for player in (player for player, left in room.items() if left >= years):
        after = extend(book, player, standard_split(total, years))
        assert sums(after)["active"] == sums(book)["active"] + total
        assert sums(after)["dead"] == sums(book)["dead"]


@given(books())
def test_the_default_scenarios_never_fail_and_keep_the_traded_cap_at_zero(book: Book) -> None:
    found = scenarios(book)
    assert [each.name for each in found] == ["baseline", "cut", "extension", "trade"]
    assert all(sums(each.book)["traded"] == 0 for each in found)
    base, cut_ = sums(book, book.seasons), sums(found[1].book, book.seasons)
    assert cut_["available"] >= base["available"]
