"""What parts the fields of a CSV, and whether its quotes close: looked at before rows are read."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ff_analytics.engine.base.bounds.limits import refuse_wide, unstorable
from ff_analytics.engine.base.errors import SourceError

BLOCK = 8 << 20
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
BY_NAME = {name: sign for sign, name in NAMES.items()}
_SAMPLE = 200
# Share of the first rows that must have as many fields as the header.
_CONSISTENT = 0.9
_LONGEST_FIELD = 64 << 20


@contextmanager
def _long_fields() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _lines(path: Path) -> Iterator[str]:
    # A byte that is no UTF-8 further down is the fault of its row.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from iter(lambda: file.readline(BLOCK), "")


def _first_rows(path: Path, where: str, sign: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        with _long_fields():
            for row in csv.reader(_lines(path), delimiter=sign):
                if row:
                    rows.append(row)
                if len(rows) > _SAMPLE:
                    break
    except csv.Error as error:
        raise SourceError(f"{where} is no CSV in UTF-8 ({error}).") from None
    return rows


def find(path: Path, where: str, asked: str) -> tuple[str, str | None]:
    """The sign between fields, and a line for the log when it is not the comma.

    Raises `SourceError` when two signs read the file equally well, or none does.
    """
    if asked != "auto":
        return BY_NAME[asked], None
    fields: dict[str, int] = {}
    header: list[str] = []
    for sign in NAMES:
        rows = _first_rows(path, where, sign)
        width = len(rows[0]) if rows else 0
        alike = sum(len(row) == width for row in rows)
        if width > 1 and alike >= _CONSISTENT * len(rows):
            fields[sign] = width
        if sign == ",":
            header = rows[0] if rows else []
    if len(fields) > 1:
        shown = " or ".join(f"{NAMES[s]} ({n} columns)" for s, n in fields.items())
        raise SourceError(f"{where}: the fields may be parted by {shown}. Set separator.")
    if not fields:
        likely = [NAMES[sign] for sign in NAMES if sign != "," and sign in "".join(header)]
        if len(header) == 1 and likely:
            raise SourceError(
                f"{where} reads as one column {header[0][:60]!r}: its fields are likely parted by "
                f"{' or '.join(likely)}, but the rows do not agree. Set separator, or correct it."
            )
        return ",", None
    sign = next(iter(fields))
    if sign == ",":
        return sign, None
    return sign, f"fields are parted by {NAMES[sign]} ({fields[sign]} columns)"


def header(path: Path, where: str, sign: str) -> list[str]:
    """The names in the first line."""
    try:
        names = next(csv.reader(_lines(path), delimiter=sign), [])
    except csv.Error as error:
        raise SourceError(f"{where} is no CSV in UTF-8 ({error}).") from None
    refuse_wide(where, len(names))
    if odd := next((name for name in names if unstorable(name)), None):
        raise SourceError(f"{where} is no CSV in UTF-8: the header has {odd!a}.")
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(f"{where}: the header has {doubled[0]!r} twice.")
    return names


def check_quotes(path: Path, where: str, sign: str, width: int) -> None:
    """Raise `SourceError` for a quote that is not closed, or that closed only rows later.

    Such a quote makes one text of all rows up to the next quote, and nothing looks wrong.
    """
    with path.open("rb") as file:
        if not any(b'"' in chunk for chunk in iter(lambda: file.read(BLOCK), b"")):
            return
    reader = csv.reader(_lines(path), delimiter=sign, strict=True)
    begun = 1
    try:
        with _long_fields():
            for row in reader:
                if reader.line_num > begun and _swallowed(row, sign, width):
                    raise SourceError(_unclosed(where, begun, reader.line_num))
                begun = reader.line_num + 1
    except csv.Error as error:
        if "NUL" in str(error):
            return
        raise SourceError(_unclosed(where, begun, reader.line_num)) from None


def _swallowed(row: list[str], sign: str, width: int) -> bool:
    """True when a text with line breaks looks like rows of the file."""
    for at, cell in enumerate(row):
        inner = cell.splitlines()[1:]
        if not inner or width < 2:
            continue
        # Whole rows, and the last one up to the field in which a quote closes by chance.
        whole = all(line.count(sign) == width - 1 for line in inner[:-1])
        numbers = [row[0], *(line.partition(sign)[0] for line in inner)]
        alike = at > 0 and all(first.strip().isdigit() for first in numbers)
        if whole and ((len(inner) > 1 and width > 2) or (alike and inner[-1].count(sign) == at)):
            return True
    return False


def _unclosed(where: str, begun: int, end: int) -> str:
    lines = f"line {begun:,}" if end <= begun else f"lines {begun:,} to {end:,}"
    return (
        f'{where}: {lines}: a quote (") is opened and not closed where its field ends, so that '
        "it would swallow what follows. Nothing was loaded; correct the quote in that line "
        'or write it twice ("").'
    )
