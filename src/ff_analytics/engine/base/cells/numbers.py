"""Numbers as people write them, with a point or a comma as decimal separator."""

import re
from collections.abc import Iterable


class AmbiguousError(ValueError):
    """A cell with two readings, which a setting must decide."""


def plain_number(text: str, decimal: str | None = None) -> str:
    """`1.250.000,50` -> `1250000.50`: digits with a point as decimal separator.

    `decimal` is the decimal separator of the file, `.` or `,`. It decides numbers that have two
    readings, such as `1.250`; without it they raise `AmbiguousError`. `ValueError` for the rest.
    """
    if not re.fullmatch(r"[+-]?[\d.,]*\d", text):
        raise ValueError
    sign, text = (text[0], text[1:]) if text[0] in "+-" else ("", text)
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return sign + text
    whole, separator, fraction = text[:last], text[last], text[last + 1 :]
    grouped = re.fullmatch(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*", whole)
    if grouped and grouped[1] != separator:
        return f"{sign}{re.sub('[.,]', '', whole)}.{fraction}"
    thousands = re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", text) is not None
    if whole.isdecimal() or not whole:
        if not thousands or decimal == separator:
            return f"{sign}{whole or 0}.{fraction}"
        if decimal is None:
            raise AmbiguousError(f"{sign}{whole}.{fraction} or {sign}{whole}{fraction}")
    if not thousands or len(set(re.findall("[.,]", text))) > 1:
        raise ValueError
    return sign + re.sub("[.,]", "", text)


def separator_shown(text: str) -> str | None:
    """The decimal separator that follows from one number: `,` of `9750,5` and of `1.250.000`.

    None for a number with two readings, without separator, and for text that is not a number.
    """
    try:
        plain = plain_number(text)
    except ValueError:
        return None
    separators = re.findall("[.,]", text)
    if not separators:
        return None
    if "." in plain:
        return str(separators[-1])
    return "," if separators[-1] == "." else "."


def separator_of(texts: Iterable[str]) -> str | None:
    """The decimal separator that the numbers of a file prove; None when none or both are."""
    shown = {separator_shown(text) for text in texts} - {None}
    return shown.pop() if len(shown) == 1 else None
