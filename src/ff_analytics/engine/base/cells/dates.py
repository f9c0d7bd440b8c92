"""Dates in digits: ISO, and day and month in either order."""

import re
from collections.abc import Callable, Iterable
from datetime import date

from ff_analytics.engine.base.cells.numbers import AmbiguousError

_SLASHES = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?.*)?")


def full_year(text: str) -> int:
    """`26` and `2026` -> 2026."""
    return int(text) + (2000 if len(text) == 2 else 0)


def date_in_digits(
    text: str, day_first: bool | None, show: Callable[[date], str] = date.isoformat
) -> date | None:
    """`2027-01-12`, `12/01/2027`, `12.1.27`; None for a text of another form.

    Without `day_first` a text with two readings raises `AmbiguousError` with both, as `show`
    writes them; no day of the calendar raises `ValueError`.
    """
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if not (found := _SLASHES.fullmatch(text)):
        return None
    first, second, year = int(found[1]), int(found[2]), full_year(found[3])
    if day_first is None and first != second and {first, second} <= set(range(1, 13)):
        one, other = (show(date(year, m, d)) for d, m in ((first, second), (second, first)))
        raise AmbiguousError(f"{one} or {other}")
    day_comes_first = second <= 12 if day_first is None else day_first
    day, month = (first, second) if day_comes_first else (second, first)
    return date(year, month, day)


def order_of(texts: Iterable[str]) -> bool | None:
    """Whether the dates of a file prove that the day comes first; None for no or both orders."""
    shown = set()
    for text in texts:
        found = _SLASHES.fullmatch(text)
        if found and (int(found[1]) > 12) != (int(found[2]) > 12):
            shown.add(int(found[1]) > 12)
    return shown.pop() if len(shown) == 1 else None
