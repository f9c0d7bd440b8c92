"""Cells as text and numbers."""

import re
from decimal import Decimal

# What Sheets returns in place of a value while a formula fails or is not calculated yet.
ERRORS = frozenset(
    (
        *("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#ERROR!", "#NULL!", "#NUM!"),
        *("#SPILL!", "#CALC!", "LOADING..."),
    )
)
# Any decimal number of so many digits survives the way through a float.
EXACT_DIGITS = 15
_BLANK = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t\u00a0]+")


class AmbiguousError(ValueError):
    """A cell with two readings, which the profile must decide."""


def clean(value: object) -> str:
    """Text with plain newlines, at most two blank lines in a row becoming one, trimmed."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return _BLANK.sub("\n\n", "\n".join(lines)).strip()


def one_line(value: object) -> str:
    """Text without any newline."""
    return " ".join(clean(value).split())


def spreadsheet_error(value: object) -> str | None:
    """The error that a cell holds instead of a value, such as `#REF!`; None for any other cell."""
    text = clean(value) if isinstance(value, str) else ""
    return text if text.upper().replace("\u2026", "...") in ERRORS else None


def _plain_number(text: str, decimal: str | None) -> str:
    """The digits of a number with a point as decimal separator."""
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


def parse_number(value: object, decimal: str | None = None) -> float | None:
    """`Rp 1.250.000,50` -> 1250000.5; None for an empty cell. Raises ValueError with the reason.

    `decimal` is the decimal separator of the sheet, `.` or `,`. It decides numbers that have two
    readings, such as `1.250`; without it they raise `AmbiguousError`. `50%` is 0.5, as Sheets
    stores it.
    """
    if isinstance(value, bool):
        raise ValueError(f"{str(value).upper()} is a checkbox and no number")
    if value is None or isinstance(value, int | float):
        return None if value is None else float(value)
    text = re.sub(r"(?i)^(rp|idr|usd|\$|€)\.?|[\s\u00a0]", "", clean(value))
    percent = text.endswith("%")
    # `500.000,-` says that the comma is the decimal separator.
    decimal = "," if text.endswith(",-") else decimal
    text = re.sub(r"%$|,-$", "", text)
    if not text:
        return None
    try:
        digits = _plain_number(text, decimal)
    except AmbiguousError as error:
        raise AmbiguousError(
            f"{value!r} can be {error}: set decimal in the profile to '.' or ','"
        ) from None
    except ValueError:
        raise ValueError(f"{value!r} is no number") from None
    if len(re.sub(r"\D", "", digits).strip("0")) > EXACT_DIGITS:
        raise ValueError(f"{value!r} has more than {EXACT_DIGITS} digits and would be rounded")
    number = Decimal(digits)
    return float(number / 100 if percent else number)


def normal(name: str) -> str:
    """A name as it is compared: without case, outer or doubled spaces."""
    return " ".join(name.replace("\u00a0", " ").split()).casefold()
