"""Rows as a file: CSV that a spreadsheet does not execute, and Parquet with its provenance."""

import json
from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

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
