"""Numbers and names as text. A missing value is an en dash, a negative has a real minus sign."""

import math

MISSING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"


def clean(value: float | None) -> float | None:
    """None for anything that has no place on a scale: null, NaN, infinity."""
    return None if value is None or not math.isfinite(value) else value


def number(value: float | None, digits: int = 1, prefix: str = "", suffix: str = "") -> str:
    """Thousands separated; a value that rounds to zero never shows a sign."""
    if (value := clean(value)) is None:
        return MISSING
    text = f"{abs(value):,.{digits}f}"
    negative = value < 0 and any(char in "123456789" for char in text)
    return f"{MINUS if negative else ''}{prefix}{text}{suffix}"


def whole(value: float | None) -> str:
    return number(value, 0)


def dollars(value: float | None) -> str:
    """Whole dollars, cents only where there are any."""
    digits = 0 if clean(value) is None or float(value or 0).is_integer() else 2
    return number(value, digits, prefix="$")


def price(value: float | None) -> str:
    """An auction price; empty for a player without one."""
    return dollars(value) if value else MISSING


def signed(value: float | None, digits: int = 0, prefix: str = "", suffix: str = "") -> str:
    text = number(value, digits, prefix, suffix)
    positive = value is not None and value > 0 and any(char in "123456789" for char in text)
    return f"+{text}" if positive else text


def percent(share: float | None, digits: int = 0) -> str:
    """A share of 1 as a percentage."""
    return number(None if share is None else share * 100, digits, suffix="%")


def printable(text: str) -> str:
    """Without control and direction-override characters: they are not valid in SVG and can
    make a name read backwards."""
    return "".join(char for char in text if char.isprintable())


def short_name(name: str) -> str:
    """`Christian McCaffrey` -> `C. McCaffrey`; a single word stays as it is."""
    first, _, rest = name.strip().partition(" ")
    return f"{first[0]}. {rest.strip()}" if rest.strip() and first else name.strip()
