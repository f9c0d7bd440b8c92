"""Spans of the past as people type them: `2015:2019`, `2015,2017`, `2026-10-01:2026-10-07`."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from ff_analytics.engine.base.errors import ConfigError

# A slip of the keyboard (2015:20190) should not become weeks of requests.
_LONGEST = 4000


class Chunk(NamedTuple):
    """One step of a backfill: its label, and the options that select it."""

    label: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Window:
    """The options of a source that select a past period.

    `seasons`: one option that takes a list of years. `dates`: two options, first and last day.
    A backfill requests `chunk` seasons or days at a time, each in its own run.
    """

    unit: Literal["seasons", "dates"]
    options: tuple[str, ...]
    chunk: int = 1

    def chunks(self, text: str) -> list[Chunk]:
        """The steps that `text` selects, oldest first; `ConfigError` when it cannot be read."""
        if self.unit == "seasons":
            years = numbers_of(text)
            groups = [years[i : i + self.chunk] for i in range(0, len(years), self.chunk)]
            return [Chunk(_label(group), {self.options[0]: group}) for group in groups]
        days = days_of(text)
        return [
            Chunk(_label(run), {self.options[0]: run[0], self.options[1]: run[-1]})
            for run in _runs(days, self.chunk)
        ]


def _label(values: list[Any]) -> str:
    return str(values[0]) if len(values) == 1 else f"{values[0]} to {values[-1]}"


def _runs(days: list[date], longest: int) -> list[list[date]]:
    """Unbroken stretches of at most `longest` days: a first and a last day cannot express gaps."""
    runs: list[list[date]] = []
    for day in days:
        if runs and len(runs[-1]) < longest and day - runs[-1][-1] == timedelta(1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


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
