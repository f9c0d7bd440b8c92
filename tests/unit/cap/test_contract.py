"""Which contracts the league allows: the constitution's own examples, and the edges."""

import pytest

from ff_analytics.domains.fantasy.cap import Year, broken_rule, standard_split
from ff_analytics.domains.fantasy.cap.contract import violation
from tests.unit.cap.books import the_rules

RULES = the_rules()


@pytest.mark.parametrize("salaries", [(17, 34, 49), (10, 20, 30, 40), (10, 15, 20, 25, 30)])
def test_the_constitutions_legal_examples_are_allowed(salaries: tuple[int, ...]) -> None:
    assert broken_rule(salaries, RULES) is None
    assert broken_rule(salaries[::-1], RULES) is None


@pytest.mark.parametrize(
    ("salaries", "words"),
    [
        ((51, 33, 16), "the first year ($51) is outside $16.5 to $49.5"),
        ((41, 31, 19, 9), "the first year ($41) is outside $10 to $40"),
        ((31, 26, 20, 14, 9), "the first year ($31) is outside $10 to $30"),
    ],
)
def test_the_constitutions_illegal_examples_say_why_and_what_would_do(
    salaries: tuple[int, ...], words: str
) -> None:
    reason = broken_rule(salaries, RULES)
    assert reason is not None
    assert reason.startswith(words)
    split = "-".join(map(str, standard_split(sum(salaries), len(salaries))))
    assert reason.endswith(f"the standard split is {split}")


@pytest.mark.parametrize(
    ("salaries", "words"),
    [
        ((10, 20), "2 years are not pro-rated; the standard split is 15-15"),
        ((20, 30, 20), "neither only rises nor only falls"),
        ((20, 21, 0), "a year pays $0; each year costs at least $1"),
        ((5,) * 6, "it runs 6 years, the longest contract is 5"),
        ((20, 30, 46), "the last year ($46) is outside $15 to $45"),
    ],
)
def test_other_contracts_that_are_not_allowed(salaries: tuple[int, ...], words: str) -> None:
    assert words in str(broken_rule(salaries, RULES))


@pytest.mark.parametrize("salaries", [(7,), (3, 4), (1, 1, 2), (20, 20, 25), (25, 25, 25, 26)])
def test_the_standard_split_and_plateaus_are_allowed(salaries: tuple[int, ...]) -> None:
    assert broken_rule(salaries, RULES) is None


def test_odd_dollars_fall_in_the_last_years() -> None:
    assert standard_split(100, 3) == (33, 33, 34)
    assert standard_split(14, 4) == (3, 3, 4, 4)


def test_a_rookie_contract_and_the_extension_behind_it_are_judged_apart() -> None:
    rookie = [Year(2026 + i, 6, "rookie") for i in range(3)] + [Year(2029, 24, "rookie_option")]
    longer = [*rookie, Year(2030, 40, "extension")]
    assert violation(longer, RULES) is None
    assert "$7 is not on the rookie scale ($1, $2, $3, $4, $5, $6)" in str(
        violation([Year(2026, 7, "rookie")], RULES)
    )
    wrong = [*rookie, Year(2030, 20, "extension"), Year(2031, 40, "extension")]
    assert "2 years are not pro-rated" in str(violation(wrong, RULES))
