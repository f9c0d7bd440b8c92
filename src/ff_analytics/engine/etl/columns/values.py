"""JSON values, one by one, as a column of a type; what the type does not hold exactly is lost."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any

import polars as pl

from ff_analytics.engine.etl.columns.texts import convert, narrow
from ff_analytics.engine.etl.readers.strict import Fraction, parse

_EXACT = 2**53


class Lost(ValueError):
    """A value that the type does not hold exactly."""


def text(value: Any) -> str:
    """A JSON value as text: a string as it is, all else as JSON, digits as they were written."""
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    if isinstance(value, Mapping):
        parts = (f"{json.dumps(str(n), ensure_ascii=False)}: {_json(v)}" for n, v in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, float):
        return _digits(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime | time):
        value = value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return json.dumps(value, ensure_ascii=False)
    raise Lost(f"a value of type {type(value).__name__} inside a list or a struct")


def _digits(value: float) -> str:
    if not isfinite(value) and not isinstance(value, Fraction):
        raise Lost("NaN or infinity inside")
    return value.text if isinstance(value, Fraction) else json.dumps(value)


def series(name: str, found: list[Any], kind: pl.DataType) -> tuple[pl.Series, pl.Series]:
    """The values as a column of `kind`, and a mask of those that it does not hold exactly."""
    if isinstance(kind, pl.Date | pl.Datetime | pl.Time | pl.Binary):
        words = [value if isinstance(value, str) else None for value in found]
        cast, lost = convert(pl.Series(name, words, pl.String), kind)
        other = [value is not None and not isinstance(value, str) for value in found]
        return cast, lost | pl.Series(other, dtype=pl.Boolean)
    kept, lost_at = [], []
    for value in found:
        try:
            kept.append(None if value is None else _held(value, kind))
            lost_at.append(False)
        except Lost:
            kept.append(None)
            lost_at.append(True)
    return pl.Series(name, kept, kind), pl.Series("lost", lost_at, pl.Boolean)


def parsed(column: pl.Series, kind: pl.DataType) -> tuple[pl.Series, pl.Series]:
    """Text that is JSON as a list or a struct."""
    found, broken = [], []
    for cell in column:
        try:
            found.append(None if cell is None else parse(cell))
            broken.append(False)
        except ValueError:
            found.append(None)
            broken.append(True)
    cast, lost = series(column.name, found, kind)
    return cast, lost | pl.Series(broken, dtype=pl.Boolean)


def _held(value: Any, kind: pl.DataType) -> Any:
    """The value as `kind` takes it. Raises `Lost`."""
    if value is None:
        return None
    if kind == pl.String:
        return text(value)
    if isinstance(kind, pl.Struct):
        return _struct(value, kind)
    if isinstance(kind, pl.List | pl.Array):
        if not isinstance(value, list) or (isinstance(kind, pl.Array) and len(value) != kind.size):
            raise Lost
        inner = kind.inner
        assert isinstance(inner, pl.DataType)
        return [_held(part, inner) for part in value]
    if kind == pl.Boolean or isinstance(value, bool):
        if kind == pl.Boolean and isinstance(value, bool):
            return value
        raise Lost
    if not kind.is_numeric():
        return _scalar(value, kind)
    if not isinstance(value, int | float | Decimal):
        raise Lost
    return _number(value, kind)


def _struct(value: Any, kind: pl.Struct) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Lost
    fields = {field.name: field.dtype for field in kind.fields}
    if any(part is not None for name, part in value.items() if name not in fields):
        raise Lost
    return {name: _held(value.get(name), inner) for name, inner in fields.items()}  # type: ignore[arg-type]


def _scalar(value: Any, kind: pl.DataType) -> Any:
    """A date or time inside a list or a struct."""
    cast, lost = series("", [value], kind)
    if lost[0] or not isinstance(value, str):
        raise Lost
    return cast[0]


def _number(value: Any, kind: pl.DataType) -> Any:
    if isinstance(value, float) and not isfinite(value):
        raise Lost
    if kind.is_integer():
        if isinstance(value, float) and (not value.is_integer() or abs(value) > _EXACT):
            raise Lost
        if int(value) != value or not _bounds(kind, int(value)):
            raise Lost
        return int(value)
    if kind.is_float():
        if float(value) != value or (isinstance(value, int) and abs(value) > _EXACT):
            raise Lost
        if kind != pl.Float64 and narrow(pl.Series([float(value)]), kind)[0] is None:
            raise Lost
        return float(value)
    return _decimal(value, kind)


def _bounds(kind: pl.DataType, value: int) -> bool:
    """True for a whole number in the range of an integer type."""
    bits = int("".join(sign for sign in str(kind) if sign.isdigit()))
    if str(kind).startswith("U"):
        return 0 <= value < 1 << bits
    return -1 << (bits - 1) <= value < 1 << (bits - 1)


def _decimal(value: Any, kind: pl.DataType) -> Decimal:
    assert isinstance(kind, pl.Decimal)
    exact = Decimal(value.text if isinstance(value, Fraction) else str(value))
    _, digits, exponent = exact.normalize().as_tuple()
    assert isinstance(exponent, int)
    if -exponent > kind.scale or len(digits) + exponent > (kind.precision or 38) - kind.scale:
        raise Lost
    return exact
