"""Which days are covered under the present contract, by the windows that were loaded."""

from datetime import date

import pytest

from ff_analytics.engine.accounts.coverage import advice, remembered

OUTDATED = {"since": "2026-02-01", "until": "2026-03-01", "first": "2026-01-01"}


def day(month: int, number: int) -> date:
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        (day(3, 1), day(3, 31), ["2026-01-01", "2026-02-28"]),
        (day(1, 1), day(3, 31), None),
        (day(1, 1), day(1, 31), None),
    ],
    ids=["the newest days", "all of them", "a look back before any load"],
)
def test_the_first_load_leaves_the_days_before_it(
    since: date, until: date, left: list[str] | None
) -> None:
    assert remembered(None, OUTDATED, since, until).get("old_days") == left


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        (day(1, 1), day(1, 31), ["2026-02-01", "2026-02-28"]),
        (day(2, 15), day(3, 31), ["2026-01-01", "2026-02-14"]),
        (day(1, 10), day(1, 20), ["2026-01-01", "2026-02-28"]),
        (day(1, 1), day(2, 28), None),
    ],
    ids=["from the front", "from the end", "in the middle", "the rest"],
)
def test_later_loads_take_days_from_either_end(
    since: date, until: date, left: list[str] | None
) -> None:
    before = {"first": "2026-01-01", "old_days": ["2026-01-01", "2026-02-28"]}
    assert remembered(before, None, since, until).get("old_days") == left


def test_without_an_older_contract_only_the_first_day_is_kept() -> None:
    assert remembered(None, None, day(3, 1), day(3, 31)) == {"first": "2026-03-01"}
    assert remembered({"first": "2026-03-01"}, None, day(4, 1), day(4, 2))["first"] == "2026-03-01"
    assert advice({"first": "2026-03-01"}, "who", "meta-ads", "acme") == ()
