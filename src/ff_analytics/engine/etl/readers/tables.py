"""CSV and Parquet in batches."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.etl.readers.shape import ROW, Piece, Reject, Shape, enforce, lossless

BLOCK = 8 << 20


def _numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    rows = pl.int_range(first, first + frame.height, eager=True).alias(ROW)
    return frame.insert_column(0, rows)


def _text_kind(column: pl.Series) -> pl.DataType:
    filled = column.drop_nulls()
    # 007 is a code, not seven.
    if not len(filled) or filled.str.contains(r"^[+-]?0\d").any():
        return pl.String()
    for kind in (pl.Int64(), pl.Float64(), pl.Boolean()):
        if not lossless(filled, kind)[1].any():
            return kind
    return pl.String()


def _header(path: Path, where: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            names = next(csv.reader(file), [])
        except (UnicodeDecodeError, csv.Error) as error:
            raise SourceError(f"{where} is no CSV in UTF-8 ({error}).") from None
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(f"{where}: the header has {doubled[0]!r} twice.")
    return names


def csv_pieces(path: Path, where: str, first: int, shape: Shape) -> Iterator[Piece]:
    """Rows of a CSV with a header line, read as text and cast to the shape."""
    names = _header(path, where)
    if not names:
        return
    odd: list[Reject] = []

    def skip(row: Any) -> str:
        why = f"{row.actual_columns} fields instead of {row.expected_columns}"
        odd.append(Reject(first + (row.number or 2) - 2, why, row.text))
        return "skip"

    row = first
    try:
        with pyarrow.csv.open_csv(
            path,
            # One thread, because only then a bad line has a number.
            pyarrow.csv.ReadOptions(block_size=BLOCK, use_threads=False),
            pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        ) as reader:
            for batch in reader:
                frame = pl.from_arrow(batch)
                assert isinstance(frame, pl.DataFrame)
                for column in frame.iter_columns():
                    if column.name not in shape.types:
                        shape.add(column.name, _text_kind(column))
                shape.seen |= set(frame.columns)
                piece = enforce(_numbered(frame, row), shape)
                row += frame.height
                yield Piece(piece.frame, (*piece.rejects, *odd))
                odd.clear()
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise SourceError(f"{where} is no CSV that can be read ({error}).") from None
    if odd:
        yield Piece(pl.DataFrame(), tuple(odd))


def parquet_pieces(path: Path, where: str, first: int, shape: Shape) -> Iterator[Piece]:
    """Row batches of a Parquet file, cast to the shape where a stored column differs."""
    row = first
    try:
        with pa.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=100_000):
                frame = pl.from_arrow(batch)
                assert isinstance(frame, pl.DataFrame)
                for column in frame.iter_columns():
                    if column.name not in shape.types:
                        shape.add(column.name, column.dtype)
                shape.seen |= set(frame.columns)
                piece = enforce(_numbered(frame, row), shape)
                row += frame.height
                yield piece
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{where} is no whole Parquet file ({error}).") from None
