"""Spans as people type them: `2015:2019`, `2015,2017`, `2026-10-01:2026-10-07`."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ff_analytics.engine.base.errors import ConfigError

# A slip of the keyboard (2015:20190) should not become weeks of requests.
_LONGEST = 4000


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ConfigError(f"{text!r} is not a whole number; write e.g. 2015:2019 or 2015,2017.")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{text!r} is not a date; write e.g. 2026-10-01:2026-10-07 or 2026-10-01."
        ) from None


def _spans(text: str) -> list[tuple[str, str]]:
    """First and last of each part; a single value is both."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ConfigError("The window is empty; write e.g. 2015:2019 or 2026-10-01:2026-10-07.")
    spans = []
    for part in parts:
        first, colon, last = (word.strip() for word in part.partition(":"))
        if colon and not (first and last):
            raise ConfigError(f"{part!r} is open at one end; name the first and the last.")
        spans.append((first, last or first))
    return spans


def _bounded(first: Any, last: Any, count: int) -> None:
    if count < 1:
        raise ConfigError(f"{first}:{last} runs backwards; write the earlier one first.")
    if count > _LONGEST:
        raise ConfigError(f"{first}:{last} is {count:,} steps, more than {_LONGEST:,} at once.")


def numbers_of(text: str) -> list[int]:
    """Whole numbers (seasons, snapshots) that `text` lists, ascending, each once."""
    found: set[int] = set()
    for first, last in ((_whole(a), _whole(b)) for a, b in _spans(text)):
        _bounded(first, last, last - first + 1)
        found.update(range(first, last + 1))
    return sorted(found)


def days_of(text: str) -> list[date]:
    """Days that `text` lists, ascending, each once."""
    found: set[date] = set()
    for first, last in ((_day(a), _day(b)) for a, b in _spans(text)):
        count = (last - first).days + 1
        _bounded(first, last, count)
        found.update(first + timedelta(n) for n in range(count))
    return sorted(found)


def _numbers(value: Any) -> Any:
    """What stands for a list of numbers, as the list; the model checks everything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    parts = value if isinstance(value, list | tuple) else [value]
    if not any(isinstance(part, str) for part in parts):
        return value
    found: list[Any] = []
    for part in parts:
        try:
            found += numbers_of(part) if isinstance(part, str) else [part]
        except ConfigError as wrong:
            raise ValueError(str(wrong)) from None
    return found


@dataclass(frozen=True)
class Spans:
    """On a list of whole numbers: `2015:2019`, `2015,2017` and `2015` are lists too."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_numbers, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        plain = handler(core)
        kinds = plain.pop("anyOf", None) or [plain]
        return {"anyOf": [*kinds, {"type": "string", "title": "e.g. 2015:2019"}]}
