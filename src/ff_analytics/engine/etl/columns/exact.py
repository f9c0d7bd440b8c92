"""Exact conversions: a value that would come out as another one is lost, and says so."""

import json
from typing import Any

import polars as pl

from ff_analytics.engine.etl.columns import texts, values
from ff_analytics.engine.etl.columns.texts import Converted, all_lost, narrow, unharmed


def convert(column: pl.Series, kind: pl.DataType) -> Converted:
    """The column as `kind`. NaN and infinity are no values of any type."""
    have = column.dtype
    if have.is_float() and not column.is_finite().fill_null(True).all():
        bad = ~column.is_finite().fill_null(True)
        column = pl.select(pl.when(~bad).then(column)).to_series().alias(column.name)
        cast, lost = convert(column, kind)
        return cast, lost | bad
    if have == kind:
        return column, unharmed(column)
    if have in (pl.Categorical, pl.Enum):
        return convert(column.cast(pl.String), kind)
    if have == pl.Null:
        return column.cast(kind), unharmed(column)
    if have == pl.String:
        return from_text(column, kind)
    if have.is_nested() or kind.is_nested():
        return values.series(column.name, column.to_list(), kind)
    if kind == pl.String:
        return _as_text(column), unharmed(column)
    if have.is_numeric() and kind.is_numeric():
        return _number(column, kind)
    if isinstance(have, pl.Datetime) and isinstance(kind, pl.Datetime):
        return _moment(column, kind)
    return all_lost(column, kind)


def _as_text(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.to_string("iso")
    return column.cast(pl.String)


def _number(column: pl.Series, kind: pl.DataType) -> Converted:
    # Through text: it shows a float as it was written, and a decimal is cast without rounding it.
    if column.dtype.is_decimal() or kind.is_decimal():
        return from_text(column.cast(pl.String), kind)
    if column.dtype == pl.Float64 and kind == pl.Float32:
        cast = narrow(column, kind)
        return cast, cast.is_null() & column.is_not_null()
    cast = column.cast(kind, strict=False)
    lost = cast.is_null() & column.is_not_null()
    lost |= (cast.cast(column.dtype, strict=False) != column).fill_null(False)
    if column.dtype.is_float() != kind.is_float():
        # Beyond, floats have gaps: neighbours of a whole number look like it.
        lost |= (column.cast(pl.Float64).abs() > 2.0**53).fill_null(False)
    return cast, lost


def _moment(column: pl.Series, kind: pl.Datetime) -> Converted:
    have = column.dtype
    assert isinstance(have, pl.Datetime)
    if (have.time_zone is None) != (kind.time_zone is None):
        return all_lost(column, kind)
    cast = column.cast(pl.Datetime(kind.time_unit, have.time_zone), strict=False)
    lost = (cast.cast(have) != column).fill_null(False) | (cast.is_null() & column.is_not_null())
    return (cast.dt.convert_time_zone(kind.time_zone) if kind.time_zone else cast), lost


def from_text(column: pl.Series, kind: pl.DataType) -> Converted:
    """Text as `kind`; spaces around it, and cells of nothing but spaces, are no value."""
    return values.parsed(column, kind) if kind.is_nested() else texts.convert(column, kind)


def encoded(value: Any) -> str:
    """A row as the quarantine keeps it: readable, whatever it holds."""
    return json.dumps(value, ensure_ascii=False, default=str)
