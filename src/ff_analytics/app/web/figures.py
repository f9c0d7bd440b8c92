"""Values of any column as text, and numbers of an address as numbers."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.report import numbers

if TYPE_CHECKING:
    import polars as pl

_LONGEST = 200


def decimals(values: "pl.Series") -> int:
    """Decimals for all numbers of a column, from its largest one."""
    largest = values.abs().max() if values.dtype.is_float() else None
    if not isinstance(largest, int | float) or largest >= 1000:
        return 0
    return 3 if largest < 1 else 2 if largest < 10 else 1


def shown(value: Any, column: str = "", places: int | None = None) -> str:
    """A cell: thousands separated, fractions short, times in UTC to the minute."""
    if value is None:
        return numbers.MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value) if year_like(column) else numbers.whole(value)
    if isinstance(value, float):
        if places is not None:
            return numbers.number(value, places)
        if abs(value) >= 1000:
            return numbers.number(value, 0)
        return numbers.number(value, 3 if 0 < abs(value) < 1 else 1)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    text = numbers.printable(str(value)) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def year_like(column: str) -> bool:
    """True for columns whose whole numbers are names, not amounts: seasons, years, ids."""
    words = set(column.lower().split("_"))
    return bool(words & {"season", "year", "id", "snapshot", "asof"})


def heading(column: str) -> str:
    """A column's name as a heading."""
    from ff_analytics.engine.report.changes import heading as of_report

    text = of_report(column)
    return text[:1].upper() + text[1:]


def when(moment: datetime | date | None) -> str:
    """A moment in UTC, to the minute."""
    if moment is None:
        return numbers.MISSING
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, or in how long, in the largest unit that fits."""
    if moment is None:
        return numbers.MISSING
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    size = abs(seconds)
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if size >= length:
            count = int(size // length)
            text = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"{text} ago" if seconds >= 0 else f"in {text}"
    return "just now" if seconds >= 0 else "in a moment"


def whole_number(text: str, name: str) -> int | None:
    """A number of the address; `ConfigError` for what is none."""
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise ConfigError(f"{name}={text[:40]!r} is no whole number.") from None


def position_class(position: str) -> str:
    """Class that colours a position's chip."""
    from ff_analytics.domains.fantasy.report.positions import css

    return css(position)


FILTERS: dict[str, Callable[..., Any]] = {
    "shown": shown,
    "heading": heading,
    "when": when,
    "ago": ago,
    "css": position_class,
}
