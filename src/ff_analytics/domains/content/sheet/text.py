"""Cells as text and numbers."""

import re
from decimal import Decimal

from ff_analytics.engine.base.cells.numbers import AmbiguousError, plain_number

# Any decimal number of so many digits survives the way through a float.
EXACT_DIGITS = 15
_BLANK = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t\u00a0]+")


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
    # In `500.000,-` the comma is the decimal separator.
    decimal = "," if text.endswith(",-") else decimal
    text = re.sub(r"%$|,-$", "", text)
    if not text:
        return None
    try:
        digits = plain_number(text, decimal)
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
