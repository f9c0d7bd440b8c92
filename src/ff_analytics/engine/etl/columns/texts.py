"""Text as numbers, truth values, dates and times: what is not exact comes back as lost."""

from collections.abc import Callable

import polars as pl

from ff_analytics.engine.etl.columns import cell_types

# The converted column, and a mask of the values that the type does not hold exactly.
Converted = tuple[pl.Series, pl.Series]
_NAIVE, _ZONED = "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f%#z"


def unharmed(column: pl.Series) -> pl.Series:
    """The mask of a column that lost nothing."""
    return pl.Series("lost", [False], dtype=pl.Boolean).new_from_index(0, len(column))


def all_lost(column: pl.Series, kind: pl.DataType) -> Converted:
    """Nulls for a column whose values have no place in `kind`."""
    return pl.Series(column.name, [None], kind).new_from_index(0, len(column)), column.is_not_null()


def convert(column: pl.Series, kind: pl.DataType) -> Converted:
    """Text as a plain type; spaces around it, and cells of nothing but spaces, are no value."""
    if kind == pl.String:
        return column, unharmed(column)
    if kind == pl.Binary:
        return column.cast(pl.Binary), unharmed(column)
    clean = column.str.strip_chars().replace("", None)
    read = _reader(kind)
    if read is None:
        return all_lost(clean, kind)
    cast = read(clean)
    return cast.alias(column.name), cast.is_null() & clean.is_not_null()


def narrow(column: pl.Series, kind: pl.DataType) -> pl.Series:
    """Floats as a narrower float, null where that is another number."""
    cast = column.cast(kind)
    return pl.select(pl.when(cast.cast(pl.Float64) == column).then(cast)).to_series()


def _reader(kind: pl.DataType) -> Callable[[pl.Series], pl.Series] | None:
    """Reads what is exact of a text column; the rest comes back as null."""
    if kind == pl.Boolean:
        return lambda c: c.str.to_lowercase().replace_strict(
            {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
        )
    if kind.is_integer():
        return lambda c: _whole(c, kind)
    if kind.is_float():
        return lambda c: _float(c, kind)
    if isinstance(kind, pl.Decimal):
        return lambda c: _decimal(c, kind)
    if kind == pl.Date:
        return lambda c: _where(c, cell_types.DATE).str.to_date("%Y-%m-%d", strict=False)
    if isinstance(kind, pl.Datetime):
        return lambda c: _time(c, kind)
    return None


def _where(column: pl.Series, pattern: str) -> pl.Series:
    """The texts that match, null for the others."""
    return pl.select(pl.when(column.str.contains(pattern)).then(column)).to_series()


def _whole(column: pl.Series, kind: pl.DataType) -> pl.Series:
    cast = column.cast(kind, strict=False)
    if (cast.cast(pl.String) == column).fill_null(column.is_null()).all():
        return cast
    return _where(column, cell_types.PLAIN).str.replace(r"\.0+$", "").cast(kind, strict=False)


def _float(column: pl.Series, kind: pl.DataType) -> pl.Series:
    plain = _where(column, cell_types.PLAIN)
    few = cell_types.digits(pl.col(column.name).str.replace(r"\.0+$", "")) <= 15
    whole = plain.cast(pl.Int64, strict=False).is_between(-(2**53), 2**53).fill_null(False)
    short = plain.to_frame(column.name).select(few).to_series().fill_null(False)
    cast = plain.cast(pl.Float64, strict=False)
    kept: pl.Series = pl.select(pl.when(short | whole).then(cast)).to_series()
    if kind == pl.Float64:
        return kept
    return narrow(kept, kind)


def _decimal(column: pl.Series, kind: pl.Decimal) -> pl.Series:
    plain = _where(column, cell_types.PLAIN)
    fraction = plain.str.extract(r"\.([0-9]*?)0*$").fill_null("").str.len_bytes()
    cast = plain.cast(kind, strict=False)
    return pl.select(pl.when(fraction <= kind.scale).then(cast)).to_series()


def _time(column: pl.Series, kind: pl.Datetime) -> pl.Series:
    zoned = kind.time_zone is not None
    found = _where(column, cell_types.ZONED if zoned else cell_types.STAMP)
    found = found.str.replace("T", " ", literal=True)
    found = found.str.replace(r"^(.{16})($|[Z+-])", "${1}:00$2").str.replace("Z$", "+00:00")
    micro = pl.Datetime("us", "UTC") if zoned else pl.Datetime("us")
    cast = found.str.strptime(micro, _ZONED if zoned else _NAIVE, strict=False)
    exact = cast.cast(pl.Datetime(kind.time_unit, cast.dtype.time_zone), strict=False)  # type: ignore[attr-defined]
    exact = exact.dt.convert_time_zone(kind.time_zone) if kind.time_zone else exact
    same = exact.dt.timestamp("us") == cast.dt.timestamp("us")
    return pl.select(pl.when(same).then(exact)).to_series()
