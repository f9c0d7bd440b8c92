"""A plan in a CSV or Excel file, as the values that Google Sheets would give."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from ff_analytics.domains.content.sheet.sheet import letter
from ff_analytics.engine.base.errors import ConfigError, SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.etl.readers import separator
from ff_analytics.engine.http.policy.source_files import allowed_file

SUFFIXES = (".csv", ".tsv", ".xlsx")
_MEGABYTES, _ROWS, _COLUMNS = 20, 10_000, 200
# Day 0 of Sheets and Excel serial numbers.
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a cell has no timezone


def place(file: str, settings: Settings) -> Path:
    """The path of a plan file, relative to the project's folder unless absolute.

    Raises `ConfigError` for another kind of file, one outside of FF_FILE_SOURCES, or none.
    """
    written = settings.home / Path(file).expanduser()
    if written.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"{file!r} is no plan file: its name must end in .csv, .tsv or .xlsx.")
    path = allowed_file(written.as_uri(), settings)
    if not path.is_file():
        raise ConfigError(f"There is no plan file {str(written)!r}.")
    if path.stat().st_size > _MEGABYTES << 20:
        raise ConfigError(f"{file!r} is larger than {_MEGABYTES} MB; split it by client or month.")
    return path


def read_values(file: str, sheet: str, settings: Settings) -> list[list[Any]]:
    """Rows of cells. Dates of Excel become serial numbers, as Sheets gives them.

    `sheet` is the sheet of an Excel file; one with a single sheet may call it otherwise. Raises
    `ConfigError` for the file's place, `SourceError` for its content.
    """
    path = place(file, settings)
    if path.suffix.lower() == ".xlsx":
        return _excel(path, sheet)
    return _csv(path)


def _csv(path: Path) -> list[list[Any]]:
    sign, _ = separator.find(path, path.name, "auto")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows: list[list[Any]] = list(csv.reader(lines, delimiter=sign, strict=True))
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path.name} is no UTF-8 text ({error.reason} at byte {error.start:,}). Export it as "
            "CSV UTF-8."
        ) from None
    except csv.Error as error:
        raise SourceError(
            f'{path.name} is no CSV: {error}. Check the quotes (") of the last rows.'
        ) from None
    return _bounded(path, rows)


def _excel(path: Path, sheet: str) -> list[list[Any]]:
    import openpyxl
    import openpyxl.utils.exceptions

    try:
        values = openpyxl.load_workbook(path, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(path, read_only=True)
    except (
        BadZipFile,
        openpyxl.utils.exceptions.InvalidFileException,
        KeyError,
        OSError,
        ValueError,
    ) as error:
        raise SourceError(
            f"{path.name} is no Excel file that can be read ({type(error).__name__}). Save it as "
            ".xlsx without a password, or as CSV."
        ) from None
    with_sheets = values.sheetnames
    name = sheet if sheet in with_sheets or len(with_sheets) > 1 else with_sheets[0]
    try:
        if name not in with_sheets:
            raise SourceError(
                f"{path.name} has no sheet {sheet!r} (there are {', '.join(with_sheets)}). Set "
                "source.plan_sheet in the profile."
            )
        rows = list(_cells(values[name]))
        _refuse_uncalculated(path, rows, _cells(formulas[name]))
    finally:
        values.close()
        formulas.close()
    return _bounded(path, rows)


def _cells(sheet: Any) -> Iterator[list[Any]]:
    limits = {"max_row": _ROWS + 1, "max_col": _COLUMNS + 1}
    for row in sheet.iter_rows(values_only=True, **limits):
        cells = [_value(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        yield cells


def _value(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return (cell - _EPOCH).total_seconds() / 86_400
    if isinstance(cell, date):
        return (datetime.combine(cell, time()) - _EPOCH).days
    return str(cell) if isinstance(cell, time) else cell


def _refuse_uncalculated(path: Path, rows: list[list[Any]], formulas: Iterator[list[Any]]) -> None:
    """Raise `SourceError` for a formula whose result is not in the file: it would read as empty."""
    for number, (row, written) in enumerate(zip(rows, formulas, strict=False), 1):
        for position, (value, formula) in enumerate(zip_longest(row, written)):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                raise SourceError(
                    f"{path.name}: cell {letter(position)}{number} has a formula without a stored "
                    "result. Open the file in a spreadsheet program and save it."
                )


def _bounded(path: Path, rows: list[list[Any]]) -> list[list[Any]]:
    if len(rows) > _ROWS or any(len(row) > _COLUMNS for row in rows):
        raise SourceError(
            f"{path.name} has more than {_ROWS:,} rows or {_COLUMNS} columns. Delete what is "
            "below and beside the plan, or split the file."
        )
    return rows
