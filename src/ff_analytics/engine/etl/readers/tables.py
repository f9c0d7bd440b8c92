"""Parquet in batches; and what rows of any table need: numbers, and texts that are texts."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet

from ff_analytics.engine.base.bounds.limits import refuse_wide, too_large
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.etl.columns.shape import ROW, Piece, Reject, Shape, enforce


def numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """The frame with the number of each row in the source."""
    rows = pl.int_range(first, first + frame.height, eager=True).alias(ROW)
    return frame.insert_column(0, rows)


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


def readable(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Reject, ...]]:
    """Binary columns as text; rows with bytes that are no text are quarantined."""
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


def _taken(kind: pa.DataType, name: str, where: str) -> pa.DataType:
    """The type that a column is read as. Raises `SourceError` for one that the lake has not."""
    if kind in (pa.string(), pa.large_string()):
        # Parquet may hold bytes there that are no UTF-8.
        return pa.large_binary() if kind == pa.large_string() else pa.binary()
    if pa.types.is_float16(kind):
        return pa.float32()
    if pa.types.is_decimal(kind) and kind.precision > 38:
        raise SourceError(
            f"{where}: column {name!r} has type {kind}; the lake holds decimals of at most 38 "
            "digits. Write it as text, or with fewer digits."
        )
    if pa.types.is_decimal(kind):
        return pa.decimal128(kind.precision, kind.scale)
    if pa.types.is_duration(kind) or pa.types.is_interval(kind) or pa.types.is_map(kind):
        raise SourceError(
            f"{where}: column {name!r} has type {kind}, which the lake does not hold. "
            "Write it as a number, as text, or as a list."
        )
    return kind


def _table(batch: pa.RecordBatch, shape: Shape, where: str) -> pl.DataFrame:
    names = [shape.named(name) for name in batch.schema.names]
    shape.accept(names)
    fields = [f.with_type(_taken(f.type, f.name, where)) for f in batch.schema]
    table = pa.Table.from_batches([batch]).cast(pa.schema(fields)).rename_columns(names)
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _kind(kind: pl.DataType) -> pl.DataType | None:
    """The type of a new column: as in the file, but lists and structs as JSON text."""
    if kind == pl.Null:
        return None
    return pl.String() if kind.is_nested() or kind in (pl.Categorical, pl.Enum) else kind


def _shaped(frame: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Take in new columns; without those that have no value and no type yet."""
    kept = []
    for column in frame.iter_columns():
        name = column.name
        if name != ROW:
            if name not in shape.types and (kind := _kind(column.dtype)) is not None:
                shape.add(name, kind)
                shape.notes[name] = "as in the file"
            elif name not in shape.types:
                shape.notes[name] = "no value yet, so the column is left out"
                continue
        kept.append(column)
    return pl.DataFrame(kept)


def parquet_pieces(
    path: Path, where: str, first: int, shape: Shape, megabytes: int
) -> Iterator[Piece]:
    """Row batches of a Parquet file, converted to the shape where a stored column differs.

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
                frame = _table(batch, shape, where)
                texts, unreadable = readable(numbered(frame, row))
                row += frame.height
                piece = enforce(_shaped(texts, shape), shape)
                yield Piece(piece.frame, (*piece.rejects, *unreadable))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise SourceError(f"{where} is no whole Parquet file ({error}).") from None
