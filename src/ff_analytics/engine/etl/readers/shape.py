"""The columns of a load: inferred once, then enforced; new ones may come, none may change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ff_analytics.engine.base.bounds.limits import refuse_wide, unstorable
from ff_analytics.engine.base.errors import SourceError

ROW = "_row"
# Types that a JSON body is read as directly; any other is read as text and then cast.
BASIC = (pl.Int64, pl.Float64, pl.Boolean, pl.String)
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Reject:
    """A record that is not loaded: its number in the source, why, and as it came."""

    row: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Piece:
    """Some rows of the source with their number in `_row`, and the records set aside."""

    frame: pl.DataFrame
    rejects: tuple[Reject, ...] = ()

    @property
    def records(self) -> int:
        return self.frame.height + len(self.rejects)


@dataclass
class Shape:
    """Column -> type. A stored column keeps its type; an inferred integer may become a float."""

    types: dict[str, pl.DataType] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()
    added: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of_table(cls, schema: Mapping[str, pl.DataType]) -> "Shape":
        return cls(types=dict(schema), stored=frozenset(schema))

    def add(self, name: str, kind: pl.DataType) -> None:
        """Accept a new column; `SourceError` when it differs from another only by case."""
        if not name or name.startswith("_"):
            raise SourceError(f"column {name!r}: names that are empty or begin with _ are ours.")
        if why := unstorable(name):
            raise SourceError(f"column {name!a}: the name holds {why}.")
        refuse_wide("The delivery", len(self.types) + 1)
        for known in self.types:
            if known.lower() == name.lower() and known != name:
                raise SourceError(
                    f"columns {known!r} and {name!r} differ only by case, which SQL does not see."
                )
        self.types[name] = kind
        self.added.append(name)

    def readable(self) -> dict[str, pl.DataType]:
        """The types that a JSON reader is given."""
        return {n: t if t in BASIC else pl.String() for n, t in self.types.items()}


def kind_of(values: Iterable[Any]) -> pl.DataType | None:
    """The type of a new column from its JSON values; None while all of them are null.

    The most frequent kind wins, so that one odd value does not set the type of a column.
    """
    counts: dict[type, int] = {}
    for value in values:
        if value is not None:
            counts[type(value)] = counts.get(type(value), 0) + 1
    if not counts:
        return None
    numbers = counts.get(int, 0) + counts.get(float, 0)
    best = max(counts, key=lambda kind: counts[kind])
    if numbers and numbers >= counts[best]:
        return pl.Float64() if float in counts else pl.Int64()
    return pl.Boolean() if best is bool else pl.String()


def lossless(column: pl.Series, kind: pl.DataType) -> tuple[pl.Series, pl.Series]:
    """The column cast to `kind`, and a mask of the values that the cast would change."""
    if kind == pl.Boolean and column.dtype == pl.String:
        low = column.str.to_lowercase()
        cast = low.replace_strict({"true": True, "false": False}, default=None)
        cast = cast.cast(pl.Boolean)
    else:
        try:
            cast = column.cast(kind, strict=False)
        except pl.exceptions.PolarsError:
            cast = pl.Series(column.name, [None] * len(column), dtype=kind)
    lost = cast.is_null() & column.is_not_null()
    if column.dtype.is_float() and kind.is_integer():
        lost = lost | (cast.cast(pl.Float64) != column).fill_null(False)
    return cast, lost


def enforce(frame: pl.DataFrame, shape: Shape) -> Piece:
    """Cast the frame to the shape; rows that do not fit are set aside with a reason."""
    reasons = pl.Series("reason", [None] * frame.height, dtype=pl.String)
    columns = []
    for column in frame.iter_columns():
        kind = shape.types.get(column.name)
        if kind is not None and column.dtype != kind:
            before = column
            column, lost = lossless(before, kind)
            if lost.any():
                why = f"{column.name}: not {kind}"
                reasons = pl.select(
                    pl.when(lost & reasons.is_null()).then(pl.lit(why)).otherwise(reasons)
                ).to_series()
        columns.append(column)
    cast = pl.DataFrame(columns)
    if not reasons.is_not_null().any():
        return Piece(cast)
    bad = frame.with_columns(reasons.alias("_reason")).filter(reasons.is_not_null())
    rejects = tuple(
        Reject(row.pop(ROW), row.pop("_reason"), str(row)) for row in bad.iter_rows(named=True)
    )
    return Piece(cast.filter(reasons.is_null()), rejects)


def _widen(shape: Shape, name: str, values: Iterable[Any]) -> None:
    fractions = any(isinstance(v, float) and not v.is_integer() for v in values)
    if shape.types[name] == pl.Int64 and name not in shape.stored and fractions:
        shape.types[name] = pl.Float64()


def learn(records: list[dict[str, Any]], shape: Shape) -> None:
    """Add the columns that the records have and the shape has not."""
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            values.setdefault(name, []).append(value)
    for name, found in values.items():
        if name in shape.types:
            _widen(shape, name, found)
        elif (kind := kind_of(found)) is not None:
            shape.add(name, kind)


def misfit(value: Any, kind: pl.DataType) -> bool:
    """True when a JSON value has no place in a column of `kind`."""
    if value is None or kind not in BASIC or kind == pl.String:
        return False
    if isinstance(value, bool) or kind == pl.Boolean:
        return not (isinstance(value, bool) and kind == pl.Boolean)
    if kind == pl.Float64:
        return not isinstance(value, int | float)
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return not whole or int(value) not in _INT64
