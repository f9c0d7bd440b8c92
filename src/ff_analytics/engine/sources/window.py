"""The stretch of the past that a source can be asked for, and the steps of a backfill."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from ff_analytics.engine.base.forms.spans import days_of, numbers_of


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
