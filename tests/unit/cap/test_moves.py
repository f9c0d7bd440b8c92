"""Cuts, extensions and trades: what each does to whom, and what it refuses."""

from collections.abc import Callable

import pytest

from ff_analytics.domains.fantasy.cap import Charge, ledger
from ff_analytics.domains.fantasy.cap.book import Book
from ff_analytics.domains.fantasy.cap.moves import cut, extend, release, trade
from ff_analytics.engine.base.errors import ConfigError
from tests.unit.cap.books import SEASON, available, book, signed, the_rules


def test_a_hundred_dollars_over_five_years_cut_before_the_second_owes_33() -> None:
    left = book(signed("back", "Ants", 15, 20, 25, 30))
    assert [year.dead for year in release(left, "back")] == [8, 10, 7, 8]
    after = cut(left, "back")
    assert sum(line.dead for line in ledger(after)) == 33
    assert sum(line.active for line in ledger(after)) == 0
    assert available(after, "Ants")[:4] == [242, 240, 243, 242]


@pytest.mark.parametrize(
    ("kind", "dead"),
    [(None, 5), ("weekly", 0), ("rookie_non_guaranteed", 0), ("rookie_option", 9),
     ("waiver_claim", 9), ("extension", 5)],
)  # fmt: skip
def test_what_a_cut_leaves_depends_on_the_contract(kind: str | None, dead: int) -> None:
    after = cut(book(signed("back", "Ants", 9, kind=kind)), "back")
    assert ledger(after)[0].dead == dead


def test_dead_cap_is_exact_where_floating_point_is_not() -> None:
    rules = the_rules().model_copy(update={"dead_cap": [0.1] * 5})
    # 0.1 x 30 is 3.0000000000000004 for the machine, and a dollar must not come from that.
    assert rules.dead_dollars(30, None, 0) == 3
    assert rules.dead_dollars(31, None, 7) == 4


def test_an_extension_follows_the_contract() -> None:
    after = extend(book(signed("back", "Ants", 10, 10)), "back", (20, 30, 40))
    assert available(after, "Ants") == [240, 240, 230, 220, 210]
    assert after.contracts["back"].last.kind == "extension"


def test_a_trade_moves_contract_and_cap_and_leaves_dead_cap() -> None:
    owed = Charge("Ants", SEASON, "dead", 12)
    before = book(signed("back", "Ants", 30, 40), charges=[owed])
    after = trade(before, "Ants", "Bees", ["back"], {SEASON: 5, SEASON + 4: 7})
    assert available(after, "Ants") == [233, 250, 250, 250, 243]
    assert available(after, "Bees") == [225, 210, 250, 250, 257]


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (lambda b: cut(b, "who"), "who is not under contract"),
        (lambda b: extend(b, "back", ()), "has no years"),
        (lambda b: extend(b, "back", (9,) * 4), "for 6 seasons; the longest contract is 5"),
        (lambda b: extend(b, "back", (51, 33, 16)), r"\(51-33-16\) is not allowed: the first"),
        (lambda b: trade(b, "Ants", "Owls", ["back"], {}), "no franchise 'Owls'. Franchises: Ants"),
        (lambda b: trade(b, "Ants", "Ants", ["back"], {}), "cannot trade with itself"),
        (lambda b: trade(b, "Bees", "Ants", ["back"], {}), "back belongs to Ants"),
        (lambda b: trade(b, "Ants", "Bees", [], {SEASON + 5: 1}), "the rules allow 2026 to 2030"),
        (lambda b: trade(b, "Ants", "Bees", [], {SEASON - 1: 1}), "Cap of 2025 cannot be traded"),
        (lambda b: trade(b, "Ants", "Bees", [], {SEASON: 0}), r"gives \$0 of 2026"),
    ],
)
def test_what_the_rules_forbid_is_refused(move: Callable[[Book], Book], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        move(book(signed("back", "Ants", 30, 40)))


def test_a_franchise_may_go_over_the_cap_in_a_scenario() -> None:
    after = trade(book(signed("back", "Ants", 260)), "Ants", "Bees", ["back"], {})
    assert available(after, "Bees")[0] == -10


@pytest.mark.parametrize(
    ("total", "years", "round_"), [(27, 3, None), (28, 3, 3), (14, 1, 3), (15, 1, 2), (25, 1, 1)]
)
def test_compensation_goes_by_the_average_year_rounded_up(
    total: int, years: int, round_: int | None
) -> None:
    assert the_rules().compensation_round(total, years) == round_


@pytest.mark.parametrize(
    ("pick", "paid"),
    [((1, 1), (6, 24)), ((1, 3), (5, 20)), ((1, 8), (3, 12)), ((1, 9), (2, 8)), ((2, 30), (2, 8)),
     ((3, 1), (1, 4)), ((5, 14), (1, 4))],
)  # fmt: skip
def test_the_rookie_scale_by_draft_pick(pick: tuple[int, int], paid: tuple[int, int]) -> None:
    step = the_rules().rookie_step(*pick)
    assert step is not None
    assert (step.salary, step.option) == paid
    assert the_rules().rookie_step(6, 1) is None
