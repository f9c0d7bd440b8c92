"""Cells as text and numbers."""

import re

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


def parse_number(value: object) -> float | None:
    """`Rp 1.250.000,50` -> 1250000.5; None for an empty cell. Raises ValueError for words.

    With one kind of separator, three digits behind it make it a thousands separator, as
    plans in Indonesian write them; both kinds: the last one is the decimal.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    text = re.sub(r"(?i)^(rp|idr|usd|\$|€)\.?|[\s\u00a0]|%$|,-$", "", clean(value))
    if not text:
        return None
    if not re.fullmatch(r"[+-]?[\d.,]*\d", text):
        raise ValueError(f"{value!r} is no number")
    last = max(text.rfind("."), text.rfind(","))
    separators = {c for c in text if c in ".,"}
    if len(separators) == 2:
        whole, fraction = text[:last], text[last + 1 :]
    elif last >= 0 and (text.count(text[last]) > 1 or len(text) - last == 4):
        whole, fraction = text, ""
    else:
        whole, fraction = (text[:last], text[last + 1 :]) if last >= 0 else (text, "")
    digits = re.sub(r"[.,]", "", whole)
    return float(f"{digits}.{fraction or 0}")


def normal(name: str) -> str:
    """A name as it is compared: without case, outer or doubled spaces."""
    return " ".join(name.replace("\u00a0", " ").split()).casefold()
