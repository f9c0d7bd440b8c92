"""What a benchmark hands back: tables, aims with their outcome, notes; all of it JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from pydantic import BaseModel, ConfigDict

Cell = str | int | float | None


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Table(_Record):
    """Rows of cells; numbers are shown right-aligned, floats with up to three digits."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


class Aim(_Record):
    """A measured number against what was aimed at."""

    what: str
    aim: str
    measured: str
    met: bool


class Result(_Record):
    """One benchmark's outcome; `skipped` is the reason why there are no tables."""

    name: str
    title: str
    tables: list[Table] = []
    aims: list[Aim] = []
    notes: list[str] = []
    skipped: str | None = None
    seconds: float = 0.0
    load_before: float = 0.0
    load_after: float = 0.0


class Report(_Record):
    """All benchmarks of one run and where they ran."""

    command: str
    date: str
    machine: dict[str, str]
    quick: bool
    results: list[Result]


@dataclass(frozen=True)
class Options:
    """`folder` is the benchmark's own, empty, deleted afterwards; `quick` = fewer and smaller."""

    folder: Path
    quick: bool = False


def at_most(what: str, value: float, limit: float, unit: str = "") -> Aim:
    """An aim of the form `what` <= limit."""
    unit = f" {unit}" if unit else ""
    return Aim(
        what=what, aim=f"<= {limit:g}{unit}", measured=f"{value:.2f}{unit}", met=value <= limit
    )


def at_least(what: str, value: float, limit: float, unit: str = "") -> Aim:
    """An aim of the form `what` >= limit."""
    unit = f" {unit}" if unit else ""
    return Aim(
        what=what, aim=f">= {limit:g}{unit}", measured=f"{value:.1f}{unit}", met=value >= limit
    )


def seconds_of(work: Callable[[], object], repeats: int) -> float:
    """Median of the repeats."""
    times = []
    for _ in range(repeats):
        started = perf_counter()
        work()
        times.append(perf_counter() - started)
    return median(times)
