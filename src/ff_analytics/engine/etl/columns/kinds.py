"""What the values of a new column are, and the type that holds every one of them exactly."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import polars as pl

from ff_analytics.engine.etl.columns import cell_types

# At least this share of the values decides the type of a column; the others are quarantined.
MAJORITY = 0.95
# Whole numbers up to here are exact as floats.
EXACT = 2**53
_INT64 = range(-(2**63), 2**63)
_NUMBERS = ("int", "long", "big", "whole", "float", "fixed", "odd number")
_MOMENTS = ("date", "stamp", "zoned", "odd date")


@dataclass(frozen=True)
class Candidate:
    """A type, the classes of values that it holds exactly, and how a log line names them."""

    kind: pl.DataType
    holds: tuple[str, ...]
    title: str
    # Classes that look alike: one value of them outside `holds` and the column is no such thing.
    family: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The type of a column and why; no type while it has no value."""

    kind: pl.DataType | None
    why: str = "no value yet, so the column is left out"


@dataclass
class Tally:
    """Values of one column by class, with the first example of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[int, str]] = field(default_factory=dict)
    scales: set[int] = field(default_factory=set)
    trimmed: int = 0
    grouped: int = 0
    locale: bool = False

    def note(self, found: str, count: int, row: int, example: str) -> None:
        """Count values of the class `found`."""
        self.counts[found] += count
        if count and found not in self.examples:
            self.examples[found] = (row, example[:60])

    def add_values(self, values: Iterable[tuple[int, Any]]) -> None:
        """JSON values with their row."""
        texts: list[tuple[int, str]] = []
        for row, value in values:
            if isinstance(value, str):
                texts.append((row, value))
            elif value is not None:
                self.note(_class_of(value), 1, row, str(value))
        if texts:
            rows = pl.Series([row for row, _ in texts], dtype=pl.Int64)
            cell_types.moments(
                pl.Series([text for _, text in texts], dtype=pl.String), rows, self.note
            )

    def add_texts(self, column: pl.Series, rows: pl.Series) -> None:
        """Cells of a text file with their rows."""
        found = cell_types.classify(column, rows, self.note)
        self.scales |= found.scales
        self.trimmed += found.trimmed
        self.grouped += found.grouped

    def _candidates(self) -> list[Candidate]:
        counts = self.counts
        found = [Candidate(pl.Boolean(), ("bool",), "true or false")]
        if counts["int"] or counts["long"] or not counts["whole"]:
            found.append(Candidate(pl.Int64(), ("int", "long", "whole"), "whole numbers", _NUMBERS))
        if counts["big"]:
            long = ("int", "long", "whole", "big")
            title = "whole numbers, some beyond 64 bits"
            found.append(Candidate(pl.Decimal(38, 0), long, title, _NUMBERS))
        # 1 beside 1.0 are two codes, or two ways to write a number: not known which.
        if not (counts["int"] and counts["float .0"]):
            short = ("int", "whole", "float")
            found.append(Candidate(pl.Float64(), short, "numbers", _NUMBERS))
        if len(self.scales) == 1:
            scale = next(iter(self.scales))
            kind = pl.Decimal(38, scale)
            title = f"numbers with {scale} decimals each"
            found.append(Candidate(kind, ("float", "fixed"), title, _NUMBERS))
        return [
            *found,
            Candidate(pl.Date(), ("date",), "ISO dates", _MOMENTS),
            Candidate(pl.Datetime("us"), ("stamp",), "ISO times without a zone", _MOMENTS),
            Candidate(pl.Datetime("us", "UTC"), ("zoned",), "ISO times in UTC", _MOMENTS),
        ]

    def decide(self) -> Decision:
        """The first type that holds every value, else the one that holds `MAJORITY`, else text."""
        total = sum(n for name, n in self.counts.items() if name != "float .0")
        if not total:
            return Decision(None)
        if reading := self._two_readings():
            return Decision(pl.String(), reading)
        best: tuple[int, Candidate] | None = None
        for candidate in self._candidates():
            fits = sum(self.counts[name] for name in candidate.holds)
            alike = sum(self.counts[name] for name in candidate.family)
            # NaN and infinity are no values of a number column, however many there are.
            counted = total - (self.counts["special"] if candidate.family is _NUMBERS else 0)
            if fits == total:
                return Decision(candidate.kind, f"all {total:,} values are {candidate.title}")
            enough = fits and fits >= MAJORITY * counted and (not alike or alike == fits)
            if enough and (best is None or fits > best[0]):
                best = (fits, candidate)
        return self._text(total) if best is None else self._majority(*best, total)

    def _majority(self, fits: int, candidate: Candidate, total: int) -> Decision:
        others = [
            found
            for name, found in self.examples.items()
            if name not in (*candidate.holds, "float .0")
        ]
        row, example = min(others)
        return Decision(
            candidate.kind,
            f"{fits:,} of {total:,} values are {candidate.title}; the others are quarantined, "
            f"first {example!r} in row {row:,}",
        )

    def _two_readings(self) -> str | None:
        """Why a number has two readings: 1.000 where every point may part thousands."""
        dotted = self.counts["float"] + self.counts["fixed"]
        if not self.grouped or self.grouped != dotted or not (self.locale or self.counts["fixed"]):
            return None
        row, example = min(self.examples[n] for n in ("float", "fixed") if n in self.examples)
        return (
            f"text, because {example!r} in row {row:,} has two readings, "
            f"{example.replace('.', '')} and {float(example):g}"
        )

    def _text(self, total: int) -> Decision:
        for name, family in (("odd number", _NUMBERS), ("fixed", _NUMBERS), ("odd date", _MOMENTS)):
            alike = sum(self.counts[n] for n in family)
            if self.counts[name] and alike >= MAJORITY * total:
                row, example = self.examples[name]
                return Decision(
                    pl.String(),
                    f"text, because {example!r} in row {row:,} "
                    f"{cell_types.why_text(name, example)}",
                )
        if sum(self.counts[n] for n in _NUMBERS) == total:
            names = ("long", "big") if self.counts["long"] + self.counts["big"] else ("float .0",)
            row, example = min(self.examples[n] for n in names if n in self.examples)
            return Decision(
                pl.String(),
                f"text, because no number type shows {example!r} in row {row:,} and the other "
                "values as they stand",
            )
        return Decision(pl.String(), "text")


def _class_of(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, float):
        if not isfinite(value):
            return "special"
        return "whole" if value.is_integer() and abs(value) <= EXACT else "float"
    if not isinstance(value, int):
        return "nested"
    if abs(value) <= EXACT:
        return "int"
    if value in _INT64:
        return "long"
    return "big" if abs(value) < 10**38 else "odd number"
