"""CSV in batches, every cell as text until its column's type is known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.csv

from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.etl.columns.shape import ROW, Piece, Reject, Shape, enforce
from ff_analytics.engine.etl.readers import separator
from ff_analytics.engine.etl.readers.separator import BLOCK
from ff_analytics.engine.etl.readers.tables import numbered, readable


def _counted(frame: pl.DataFrame, shape: Shape, *, locale: bool) -> pl.DataFrame:
    """Count the cells of new columns; without those that have no value by now."""
    kept = []
    for column in frame.iter_columns():
        name = column.name
        if name != ROW:
            if shape.counts(name):
                tally = shape.tally(name)
                tally.locale = tally.locale or locale
                tally.add_texts(column, frame[ROW])
                shape.learn(name)
            if name not in shape.types:
                continue
        kept.append(column)
    return pl.DataFrame(kept)


def pieces(path: Path, where: str, first: int, shape: Shape, asked: str) -> Iterator[Piece]:
    """Rows of a CSV with a header line, read as text and converted to the shape."""
    sign, hint = separator.find(path, where, asked)
    names = [shape.named(name) for name in separator.header(path, where, sign)]
    if not names:
        return
    shape.accept(names)
    separator.check_quotes(path, where, sign, len(names))
    if hint:
        shape.hints[hint] = None
    odd: list[Reject] = []

    def skip(row: Any) -> str:
        why = f"{row.actual_columns} fields instead of {row.expected_columns}"
        odd.append(Reject(first + (row.number or 2) - 2, why, row.text))
        return "skip"

    row = first
    try:
        with _open(path, sign, names, skip) as reader:
            for batch in reader:
                frame = pl.from_arrow(batch)
                assert isinstance(frame, pl.DataFrame)
                texts, unreadable = readable(numbered(frame, row))
                row += frame.height
                piece = enforce(_counted(texts, shape, locale=sign != ","), shape)
                yield Piece(piece.frame, (*piece.rejects, *unreadable, *odd))
                odd.clear()
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise SourceError(f"{where} is no CSV that can be read ({error}).") from None
    if odd:
        yield Piece(pl.DataFrame(), tuple(odd))


def _open(path: Path, sign: str, names: list[str], skip: Any) -> pa.csv.CSVStreamingReader:
    return pyarrow.csv.open_csv(
        path,
        # One thread, because only then a bad line has a number.
        pyarrow.csv.ReadOptions(
            block_size=BLOCK, use_threads=False, column_names=names, skip_rows=1
        ),
        pyarrow.csv.ParseOptions(delimiter=sign, newlines_in_values=True, invalid_row_handler=skip),
        pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.binary()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )
