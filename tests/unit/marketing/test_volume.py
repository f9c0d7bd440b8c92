"""A provider that goes quiet: few new rows, none for days, fewer rows than the load before."""

from datetime import date, timedelta

import pytest

from ff_analytics.engine.checks.volume import Load, dropped, too_few

TODAY = date(2026, 3, 20)


def loads(*new: int, per_day: tuple[float, ...] = ()) -> list[Load]:
    """One load a day, newest first."""
    rates = [*per_day, *[None] * len(new)]
    return [Load(TODAY - timedelta(days=n), rows, rates[n]) for n, rows in enumerate(new)]


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ((60, 100, 100, 100), ""),
        ((49, 100, 100, 100), "49 new rows on 2026-03-20, usually 100 (49%)"),
        ((9, 100, 90, 110), "9 new rows on 2026-03-20, usually 100 (9%, critical)"),
        ((1, 19, 19, 19), ""),
        ((1, 100), ""),
        ((0, 100, 100, 100), ""),
        ((0, 0, 3, 4, 5), "no new row on 2 days of loading, usually 4 a day"),
        ((0, 0, 0, 0, 3, 4, 5), "no new row on 4 days of loading, usually 4 a day, critical"),
        ((0, 0, 0, 0), ""),
        ((0, 0, 0, 1, 0, 0, 0), ""),
        ((100, 100, 9000, 100), ""),
    ],
    ids=[
        *("steady", "half", "a tenth", "too few to judge", "too short", "one day without"),
        *("two days without", "four", "never any", "rarely any", "after a backfill"),
    ],
)
def test_new_rows_are_compared_with_the_usual(new: tuple[int, ...], said: str) -> None:
    assert too_few(loads(*new)) == said


def test_two_runs_of_a_day_count_as_one() -> None:
    twice = [Load(TODAY, 0, None), *loads(100, 100, 100, 100)]
    assert too_few(twice) == ""


@pytest.mark.parametrize(
    ("rates", "grade"), [((80.0, 100.0), ""), ((79.0, 100.0), "79%"), ((59.0, 100.0), "critical")]
)
def test_rows_by_day_of_the_window_are_compared_with_the_load_before(
    rates: tuple[float, ...], grade: str
) -> None:
    said = dropped(loads(5, 5, per_day=rates))
    assert grade in said
    assert bool(said) == bool(grade)
