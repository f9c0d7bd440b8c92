"""CSV and Parquet in batches."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from ff_analytics.engine.base.bounds.limits import refuse_wide, too_large, unstorable
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
    # A byte that is no UTF-8 further down is the fault of its row.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        try:
            names = next(csv.reader(iter(lambda: file.readline(BLOCK), "")), [])
        except csv.Error as error:
            raise SourceError(f"{where} is no CSV in UTF-8 ({error}).") from None
    refuse_wide(where, len(names))
    if odd := next((name for name in names if unstorable(name)), None):
        raise SourceError(f"{where} is no CSV in UTF-8: the header has {odd!a}.")
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(f"{where}: the header has {doubled[0]!r} twice.")
    return names


def _as_text(column: pl.Series) -> pl.Series:
    """Bytes as text, null where they are no UTF-8."""
    try:
        return column.cast(pl.String)
    except pl.exceptions.PolarsError:
        # Polars refuses the whole column then; one by one finds which.
        values = [None if value is None else _decoded(value) for value in column]
        return pl.Series(column.name, values, pl.String)


def _decoded(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _readable(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Reject, ...]]:
    """Binary columns as text; rows with bytes that are no text are set aside."""
    bad = pl.Series("bad", [False] * frame.height, dtype=pl.Boolean)
    columns = []
    for column in frame.iter_columns():
        if column.dtype == pl.Binary:
            text = _as_text(column)
            bad |= text.is_null() & column.is_not_null()
            bad |= text.str.contains("\0", literal=True).fill_null(False)
            column = text
        columns.append(column)
    good = pl.DataFrame(columns)
    if not bad.any():
        return good, ()
    why = "a NUL character, or bytes that are no UTF-8"
    aside = frame.filter(bad).iter_rows(named=True)
    rejects = tuple(Reject(row.pop(ROW), why, ascii(row)) for row in aside)
    return good.filter(~bad), rejects


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
                column_types=dict.fromkeys(names, pa.binary()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        ) as reader:
            for batch in reader:
                frame = pl.from_arrow(batch)
                assert isinstance(frame, pl.DataFrame)
                numbered, unreadable = _readable(_numbered(frame, row))
                row += frame.height
                piece = _shaped(numbered, shape, _text_kind)
                yield Piece(piece.frame, (*piece.rejects, *unreadable, *odd))
                odd.clear()
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise SourceError(f"{where} is no CSV that can be read ({error}).") from None
    if odd:
        yield Piece(pl.DataFrame(), tuple(odd))


def _shaped(
    numbered: pl.DataFrame, shape: Shape, kind: Callable[[pl.Series], pl.DataType]
) -> Piece:
    """The frame in the shape, which learns its new columns."""
    for column in numbered.iter_columns():
        if column.name != ROW:
            if column.name not in shape.types:
                shape.add(column.name, kind(column))
            shape.seen.add(column.name)
    return enforce(numbered, shape)


def _text_as_bytes(batch: pa.RecordBatch) -> pa.Table:
    """The batch with its texts unjudged: Parquet may hold bytes there that are no UTF-8."""
    table = pa.Table.from_batches([batch])
    kinds = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}
    fields = [f.with_type(kinds.get(f.type, f.type)) for f in table.schema]
    return table.cast(pa.schema(fields))


def parquet_pieces(
    path: Path, where: str, first: int, shape: Shape, megabytes: int
) -> Iterator[Piece]:
    """Row batches of a Parquet file, cast to the shape where a stored column differs.

    Raises `SourceError` when the rows take more than `megabytes` in memory, all together.
    """
    row, unpacked = first, 0
    try:
        with pa.parquet.ParquetFile(path) as file:
            refuse_wide(where, file.metadata.num_columns)
            for batch in file.iter_batches(batch_size=100_000):
                unpacked += batch.nbytes
                if unpacked > megabytes << 20:
                    raise too_large(where, megabytes, "FF_UNPACKED_LIMIT_MB")
                batch.validate()
                frame = pl.from_arrow(_text_as_bytes(batch))
                assert isinstance(frame, pl.DataFrame)
                numbered, unreadable = _readable(_numbered(frame, row))
                row += frame.height
                piece = _shaped(numbered, shape, lambda column: column.dtype)
                yield Piece(piece.frame, (*piece.rejects, *unreadable))
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{where} is no whole Parquet file ({error}).") from None
