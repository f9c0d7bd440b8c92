"""Rows as a file: CSV and Excel without formulas, Parquet with its provenance."""

import json
import math
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl

from ff_analytics.engine.base.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# A spreadsheet takes text that begins so for a formula, and a formula can call a program.
_FORMULA = r"^[\s\x00-\x1f]*[=+\-@|%]|^[\t\r\n]"


def _plain(name: str) -> pl.Expr:
    text = pl.col(name)
    return pl.when(text.str.contains(_FORMULA)).then("'" + text).otherwise(text).alias(name)


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Nested values as JSON, since a cell holds one."""
    nested = [n for n, kind in frame.schema.items() if kind.is_nested() or kind == pl.Binary]
    return frame.with_columns(
        pl.Series(
            n, [None if v is None else json.dumps(v, default=str) for v in frame[n].to_list()]
        )
        for n in nested
    )


def safe(frame: pl.DataFrame) -> pl.DataFrame:
    """Text cells and names that look like a formula get an apostrophe before them."""
    frame = _flat(frame).with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    frame = frame.with_columns(_plain(n) for n, k in frame.schema.items() if k == pl.String)
    names = pl.Series(frame.columns, dtype=pl.String)
    return frame.rename(
        dict(zip(frame.columns, names.to_frame("n").select(_plain("n"))["n"], strict=True))
    )


def to_csv(frame: pl.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheets need to read names with accents."""
    return safe(frame).write_csv(include_bom=True).encode()


def to_parquet(frame: pl.DataFrame, facts: "Mapping[str, str]") -> bytes:
    """Types kept; `facts` (snapshot, query) are in the file's key-value metadata."""
    out = BytesIO()
    frame.write_parquet(out, metadata=dict(facts))
    return out.getvalue()


# What a sheet and its cells can hold: rows without the heading, characters, digits of a number,
# and the first day that its calendar counts rightly.
_SHEET_ROWS, _CELL, _DIGITS, _FIRST_DAY = 1_048_575, 32_767, 15, date(1900, 3, 1)


def _exact(value: Any) -> bool:
    """Whether Excel's number, a double of which it shows 15 digits, holds it as it is."""
    if isinstance(value, Decimal):
        return value.is_finite() and len(value.as_tuple().digits) <= _DIGITS
    if isinstance(value, int):
        return bool(abs(value) < 10**_DIGITS)
    return isinstance(value, float) and math.isfinite(value)


def _cell(value: Any) -> Any:
    """What is written: itself, or its text where Excel would change it."""
    if value is None or isinstance(value, bool | time):
        return value
    if isinstance(value, int | float | Decimal):
        if not _exact(value):
            return str(value)
        return value if isinstance(value, int) else float(value)
    if isinstance(value, datetime):
        return value if value.tzinfo is None and value.date() >= _FIRST_DAY else value.isoformat()
    if isinstance(value, date):
        return value if value >= _FIRST_DAY else value.isoformat()
    return str(value)


def _write(sheet: Any, row: int, column: int, value: Any, formats: "Mapping[type, Any]") -> None:
    if value is None:
        return
    if isinstance(value, str):
        if len(value) > _CELL:
            raise ConfigError(
                f"Row {row} has a text of {len(value)} characters; a cell of Excel holds {_CELL}. "
                "Export CSV or Parquet, or leave that column out."
            )
        sheet.write_string(row, column, value)
        return
    write: Callable[..., object] = (
        sheet.write_boolean
        if isinstance(value, bool)
        else sheet.write_number
        if isinstance(value, int | float)
        else sheet.write_datetime
    )
    write(row, column, value, formats.get(type(value)))


def to_excel(frame: pl.DataFrame, facts: "Mapping[str, str]") -> bytes:
    """A workbook: the rows, and a second sheet with `facts`. Text is never a formula or a link.

    Numbers of more than 15 digits, times with a zone and days before March 1900 are text, since
    Excel would change them. `ConfigError` where a sheet cannot hold the rows.
    """
    import xlsxwriter

    if frame.height > _SHEET_ROWS or frame.width > 16_384:
        raise ConfigError(
            f"{frame.height} rows of {frame.width} columns; a sheet of Excel holds {_SHEET_ROWS} "
            "of 16384. Filter them, or export CSV or Parquet."
        )
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            time: book.add_format({"num_format": "hh:mm:ss"}),
        }
        sheet = book.add_worksheet("Rows")
        for column, name in enumerate(frame.columns):
            sheet.write_string(0, column, name, bold)
        for row, values in enumerate(_flat(frame).iter_rows(), start=1):
            for column, value in enumerate(values):
                _write(sheet, row, column, _cell(value), formats)
        sheet.freeze_panes(1, 0)
        if frame.width:
            sheet.autofilter(0, 0, frame.height, frame.width - 1)
        sheet.autofit(max_width=320)
        source = book.add_worksheet("Source")
        for row, (name, value) in enumerate(facts.items()):
            source.write_string(row, 0, name, bold)
            source.write_string(row, 1, value)
        source.autofit()
    return out.getvalue()
