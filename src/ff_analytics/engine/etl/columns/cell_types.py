"""Cells of a text file: which are numbers, booleans or times that convert back exactly."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

# Class, how many, row and text of the first one.
Note = Callable[[str, int, int, str], None]

PLAIN = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
SPECIAL = r"^[+-]?(?i:nan|inf|infinity)$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
STAMP = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?$"
OFFSET = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})$"
ZONED = STAMP[:-1] + OFFSET
_UTC = r"(?:Z|[+-]00:?00)$"
# What a person, a spreadsheet or a program may mean as a number, and that is none for sure.
_ODD = r"^[+-]?(?:[0-9][0-9_]*(?:[.,' ][0-9]+)*\.?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?$"
_ODD_DATE = (
    r"^[0-9]{1,4}([-/.])[0-9]{1,2}[-/.][0-9]{1,4}(?:[T ,]+[0-9]{1,2}:[0-9]{2}.*)?$|^[0-9]{4}-[0-9]"
    r"{2}-[0-9]{2}[T ].*$"
)
_GROUPED = r"^-?[1-9][0-9]{0,2}(?:\.[0-9]{3})$"


@dataclass
class Found:
    """What `classify` saw beside the classes."""

    scales: set[int] = field(default_factory=set)
    trimmed: int = 0
    grouped: int = 0


def digits(text: pl.Expr) -> pl.Expr:
    """Significant digits of plain numbers."""
    bare = text.str.replace_all("[-.]", "").str.strip_chars_start("0")
    return bare.str.len_bytes()


def _sieve(note: Note, cells: pl.DataFrame, name: str, test: pl.Expr) -> pl.DataFrame:
    """Note the cells that pass as `name` and return the others."""
    if not cells.height:
        return cells
    hit = cells.select(test.fill_null(False).alias("hit")).to_series()
    if not hit.any():
        return cells
    some = cells.filter(hit)
    note(name, some.height, int(some["row"][0]), str(some["cell"][0]))
    return cells.filter(~hit)


def classify(column: pl.Series, rows: pl.Series, note: Note) -> Found:
    """Note the class of every cell; spaces around a cell are no part of a number."""
    cells = pl.DataFrame({"row": rows, "raw": column}).filter(pl.col("raw").is_not_null())
    cells = cells.with_columns(pl.col("raw").str.strip_chars().alias("cell"))
    cells = cells.filter(pl.col("cell") != "")
    spaced = pl.col("cell").str.contains(PLAIN) & (pl.col("cell") != pl.col("raw"))
    found = Found(trimmed=cells.select(spaced.sum()).item() if cells.height else 0)
    cell = pl.col("cell")
    whole = cell.cast(pl.Int64, strict=False)
    same = whole.cast(pl.String) == cell
    cells = _sieve(note, cells, "int", same & whole.is_between(-(2**53), 2**53))
    cells = _sieve(note, cells, "long", same)
    numeric = cell.str.contains(r"^[+-]?[.,]?[0-9]")
    numbers, others = cells.filter(numeric), cells.filter(~numeric)
    numbers = _sieve(note, _numbers(numbers, note, found), "odd number", cell.str.contains(_ODD))
    others = _sieve(note, others, "bool", cell.str.to_lowercase().is_in(["true", "false"]))
    others = _sieve(note, others, "special", cell.str.contains(SPECIAL))
    for rest in (numbers, others):
        moments(rest["cell"], rest["row"], note)
    return found


def _numbers(cells: pl.DataFrame, note: Note, found: Found) -> pl.DataFrame:
    """Note fractions and long whole numbers; return the cells that are neither."""
    cell, dot = pl.col("cell"), pl.col("cell").str.contains(".", literal=True)
    plain = cell.str.contains(PLAIN) & (cell != "-0")
    few = digits(cell) <= 38
    cells = _sieve(note, cells, "big", plain & ~dot & few)
    cells = _sieve(note, cells, "odd number", plain & (~dot | ~few))
    dotted = cells.filter(plain)
    if not dotted.height:
        return cells
    found.scales |= set(dotted["cell"].str.replace(r"^.*\.", "").str.len_bytes().unique())
    found.grouped += dotted.select(cell.str.contains(_GROUPED).sum()).item()
    survives = (cell.cast(pl.Float64, strict=False).cast(pl.String) == cell) & (digits(cell) <= 15)
    _sieve(note, dotted, "float .0", survives & cell.str.ends_with(".0"))
    cells = _sieve(note, cells, "float", plain & survives)
    return _sieve(note, cells, "fixed", plain)


def moments(column: pl.Series, rows: pl.Series, note: Note) -> None:
    """Note ISO dates and times of a text column; what is left is text."""
    cells = pl.DataFrame({"row": rows, "cell": column}).filter(pl.col("cell").is_not_null())
    if not cells.height:
        return
    cell = pl.col("cell")
    cells = _sieve(note, cells, "text", ~cell.str.contains(r"^[0-9]{1,4}[-/.][0-9]"))
    day = cell.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).is_not_null()
    moment = day & _clock(cell)
    cells = _sieve(note, cells, "date", cell.str.contains(DATE) & day)
    cells = _sieve(note, cells, "stamp", cell.str.contains(STAMP) & moment)
    cells = _sieve(
        note, cells, "zoned", cell.str.contains(ZONED) & cell.str.contains(_UTC) & moment
    )
    cells = _sieve(note, cells, "odd date", cell.str.contains(_ODD_DATE))
    _sieve(note, cells, "text", cell.is_not_null())


def _clock(cell: pl.Expr) -> pl.Expr:
    clock = cell.str.slice(11, 5).str.to_time("%H:%M", strict=False)
    seconds = cell.str.slice(16, 3).str.replace("^:", "").cast(pl.Int32, strict=False)
    return clock.is_not_null() & (seconds.fill_null(0) < 60)


_REASONS = (
    (r"^[+-]?[0-9.]+[eE]", "is written with an exponent, and would not be read as it stands"),
    (r"^\+", "has a plus sign that a number would lose"),
    (r"^-?0[0-9]", "has a leading zero that a number would lose"),
    (r"^-?[0-9]{1,3}(?:,[0-9]{3})+$", "has two readings: a comma parts thousands or decimals"),
    (r"^-?[0-9]+,[0-9]+$", "has a decimal comma or parts thousands: two readings"),
    (r"^-?[0-9]{1,3}(?:\.[0-9]{3}){2,}", "parts thousands with points"),
)


def why_text(name: str, example: str) -> str:
    """Why a value that looks like a number or a date makes a column of text."""
    if name == "odd date":
        match = re.match(r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{2,4})", example)
        if match and int(match[1]) <= 12 and int(match[2]) <= 12:
            return (
                f"has two readings, day {match[1]} of month {match[2]} and day {match[2]} of month "
                f"{match[1]}; write dates as 2026-11-20"
            )
        return "is no ISO date or UTC time; write dates as 2026-11-20"
    if name == "fixed":
        return "would not come back as it stands: zeros or digits would be lost"
    stripped = example.strip()
    return next(
        (why for pattern, why in _REASONS if re.match(pattern, stripped)),
        "would not come back as it stands from a number",
    )
