"""The columns of a load: their types are settled by every value, and a stored one never changes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from ff_analytics.engine.base.bounds.limits import refuse_wide, unstorable
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.etl.columns.exact import convert, encoded
from ff_analytics.engine.etl.columns.kinds import Tally

ROW = "_row"
# Names that the lake itself needs while it stages and merges rows.
RESERVED = (ROW, "_reason", "_is_new")
# Types that NDJSON is read as directly; any other is read as text and then converted.
BASIC = (pl.Int64, pl.Float64, pl.Boolean, pl.String)


@dataclass(frozen=True)
class Reject:
    """A record that is not loaded: its number in the source, why, and as it came."""

    row: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Piece:
    """Some rows of the source with their number in `_row`, and the quarantined records."""

    frame: pl.DataFrame
    rejects: tuple[Reject, ...] = ()

    @property
    def records(self) -> int:
        return self.frame.height + len(self.rejects)


@dataclass
class Shape:
    """Column -> type.

    A stored column keeps its type. New ones get a type from the first rows; `revise` settles it
    when every value has been counted. `renames` are the user's names for columns of the source.
    """

    types: dict[str, pl.DataType] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()
    renames: Mapping[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    hints: dict[str, None] = field(default_factory=dict)
    final: bool = False

    @classmethod
    def of_table(
        cls, schema: Mapping[str, pl.DataType], renames: Mapping[str, str] | None = None
    ) -> "Shape":
        return cls(types=dict(schema), stored=frozenset(schema), renames=renames or {})

    def named(self, name: str) -> str:
        """The column for a name of the source."""
        return self.renames.get(name, name)

    def counts(self, name: str) -> bool:
        """True while the values of this column help to settle its type."""
        return not self.final and name not in self.stored

    def accept(self, names: Iterable[str]) -> None:
        """Raise `SourceError` for the first new name that cannot be a column."""
        for name in names:
            if name not in self.types and name not in self.tallies:
                self._check(name)

    def tally(self, name: str) -> Tally:
        """The counts of a new column."""
        if name not in self.tallies:
            self._check(name)
            self.tallies[name] = Tally()
        return self.tallies[name]

    def _check(self, name: str) -> None:
        rename = f'Set rename_columns, e.g. {{"{name}": "{name.strip("_").lower() or "column"}_2"}}'
        if not name:
            raise SourceError('a column has no name. Set rename_columns, e.g. {"": "row_name"}.')
        if name in RESERVED:
            raise SourceError(f"column {name!r}: the lake needs that name itself. {rename}.")
        if why := unstorable(name):
            raise SourceError(f"column {name!a}: the name holds {why}.")
        known = {*self.types, *self.tallies}
        refuse_wide("The delivery", len(known) + 1)
        for other in known:
            if other.lower() == name.lower() and other != name:
                raise SourceError(
                    f"columns {other!r} and {name!r} differ only by case, which SQL does not see. "
                    f"{rename}."
                )

    def add(self, name: str, kind: pl.DataType) -> None:
        """Accept a new column."""
        if name not in self.tallies:
            self._check(name)
        self.types[name] = kind
        self.added.append(name)

    def learn(self, name: str) -> None:
        """Give a new column a first type, if it has values by now."""
        if name not in self.types and (kind := self.tally(name).decide().kind) is not None:
            self.add(name, kind)

    def revise(self) -> bool:
        """Settle the types by what was counted; True when one differs from what was staged."""
        if self.final:
            return False
        self.final, differs = True, False
        for name, tally in self.tallies.items():
            decision = tally.decide()
            self.notes[name] = decision.why + (
                f"; spaces around {tally.trimmed:,} of them were removed" if tally.trimmed else ""
            )
            if decision.kind is not None and decision.kind != self.types.get(name):
                self.types[name] = decision.kind
                differs = True
        return differs

    def readable(self) -> dict[str, pl.DataType]:
        """The types that a JSON reader is given, by the names of the source."""
        source = {ours: theirs for theirs, ours in self.renames.items()}
        return {source.get(n, n): t if t in BASIC else pl.String() for n, t in self.types.items()}

    def lines(self) -> list[str]:
        """One line per column that was new in this load: its type and why."""
        return [
            f"{name}: {_sql(self.types[name]) if name in self.types else 'no type'}, {why}"
            for name, why in self.notes.items()
        ]


_SQL = {
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.String: "VARCHAR",
    pl.Date: "DATE",
}


def _sql(kind: pl.DataType) -> str:
    """The type as SQL names it."""
    if isinstance(kind, pl.Decimal):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if isinstance(kind, pl.Datetime):
        return "TIMESTAMPTZ" if kind.time_zone else "TIMESTAMP"
    return _SQL.get(kind.base_type(), str(kind).upper())


def reason(name: str, value: object, kind: pl.DataType) -> str:
    """Why a value of the column is quarantined."""
    if kind.is_numeric() and str(value).strip().lstrip("+-").lower() in ("nan", "inf", "infinity"):
        return f"{name}: NaN or infinity is no number"
    return f"{name}: not {kind}"


def enforce(frame: pl.DataFrame, shape: Shape) -> Piece:
    """Convert the frame to the shape; rows with a value that does not fit are quarantined."""
    reasons: dict[int, str] = {}
    columns = []
    for column in frame.iter_columns():
        kind = shape.types.get(column.name)
        if kind is not None:
            before = column
            column, lost = convert(before, kind)
            if lost.any():
                for at in lost.arg_true():
                    reasons.setdefault(at, reason(column.name, before[at], kind))
        columns.append(column)
    cast = pl.DataFrame(columns)
    if not reasons:
        return Piece(cast)
    bad = sorted(reasons)
    aside = zip(bad, frame[bad].iter_rows(named=True), strict=True)
    rejects = tuple(Reject(row.pop(ROW), reasons[at], encoded(row)) for at, row in aside)
    kept = pl.Series([True], dtype=pl.Boolean).new_from_index(0, frame.height)
    return Piece(cast.filter(kept.scatter(bad, False)), rejects)


def common(reasons: Counter[str], most: int) -> str:
    """The most frequent reasons with their counts."""
    return "; ".join(f"{why} x {n}" for why, n in reasons.most_common(most))
