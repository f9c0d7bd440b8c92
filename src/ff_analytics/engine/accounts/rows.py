"""Pages of JSON records to one typed frame, page by page, so that memory stays small."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from operator import methodcaller
from typing import Any, TypeVar

import dataframely as dy
import polars as pl

from ff_analytics.engine.base.bounds.limits import storable
from ff_analytics.engine.base.errors import SourceUnavailable
from ff_analytics.engine.http import fast_json
from ff_analytics.engine.ingest.land import REASON

T = TypeVar("T")

# Values by column as the provider wrote them; types come from the contract.
Row = Mapping[str, Any]


def nested(record: Any, name: str) -> dict[str, Any]:
    """The object under `name`; empty if it does not exist, so that its fields are missing."""
    found = record.get(name) if isinstance(record, dict) else None
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return fast_json.dumps(value)
    if isinstance(value, float):
        # Counts may come as 12.0, and small shares as 1e-07, which no decimal type reads.
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return str(value).lower() if isinstance(value, bool) else str(value)


def text_frame(columns: Mapping[str, Iterable[Any]]) -> pl.DataFrame:
    """A page's columns, each as long as the page, as text; None is null."""
    # Most values are text or missing, and there are millions of them.
    data = {
        name: [value if type(value) is str or value is None else _text(value) for value in values]
        for name, values in columns.items()
    }
    kinds = dict.fromkeys(data, pl.String)
    try:
        return pl.DataFrame(data, schema=kinds)
    except UnicodeEncodeError:
        marked = {n: [v if v is None else storable(v) for v in vs] for n, vs in data.items()}
        return pl.DataFrame(marked, schema=kinds)


class Collected:
    """Text columns out of rows that come page by page; a page's objects go with the page."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._columns = tuple(columns)
        self._frames = [text_frame(dict.fromkeys(self._columns, ()))]

    def add(self, rows: Iterable[Row]) -> None:
        """One page; missing fields of a row are null."""
        page = list(rows)
        columns = {name: map(methodcaller("get", name), page) for name in self._columns}
        self._frames.append(text_frame(columns))

    def frame(self) -> pl.DataFrame:
        """All pages so far, in their order."""
        return pl.concat(self._frames, rechunk=True)


def frame_of(
    pages: Iterable[list[dict[str, Any]]],
    columns: Iterable[str],
    row: Callable[[dict[str, Any]], Row],
) -> pl.DataFrame:
    """Text columns from pages of records."""
    collected = Collected(columns)
    for page in pages:
        collected.add(row(record) for record in page)
    return collected.frame()


def _read(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if kind == pl.Date:
        return column.str.to_date("%Y-%m-%d", strict=False)
    if isinstance(kind, pl.Datetime):
        # ISO 8601, spelt out: a format guessed by the first value would refuse all others with it.
        return column.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    if kind == pl.Boolean:
        return column.replace_strict({"true": True, "false": False}, default=None)
    return column.cast(kind, strict=False)


def typed(frame: pl.DataFrame, contract: type[dy.Schema]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Text columns cast to the contract's types; and the rows that cannot be cast, with reasons.

    Unreadable rows keep their text, with `_reason` naming each field and its value.
    """
    kinds = {n: k for n, k in contract.create_empty().schema.items() if n in frame.columns}
    read = frame.with_columns(_read(pl.col(n), k).alias(n) for n, k in kinds.items())
    lost = {n: frame[n].is_not_null() & read[n].is_null() for n in kinds}
    wrong = pl.Series("wrong", [False] * frame.height, dtype=pl.Boolean)
    for column in lost.values():
        wrong = wrong | column
    if not wrong.any():
        return read, frame.clear().with_columns(pl.lit("").alias(REASON))
    reasons = [
        pl.when(lost[n]).then(pl.format(f"{n} is {{}}, not of type {k}", pl.col(n).str.head(40)))
        for n, k in kinds.items()
    ]
    reason = pl.concat_list(reasons).list.drop_nulls().list.join("; ")
    broken = frame.with_columns(reason.alias(REASON))
    return read.filter(~wrong), broken.filter(wrong)


def latest(frame: pl.DataFrame, keys: Iterable[str], version: str) -> pl.DataFrame:
    """Of each key the row with the highest `version`, of equal ones the one that came last.

    Paging by time of change gives a record again that changed on the way; that is no mistake.
    """
    ordered = frame.sort(version, maintain_order=True, nulls_last=False)
    return ordered.unique(list(keys), keep="last", maintain_order=True)


def gathered(pages: Iterable[list[T]], least: int) -> Iterator[list[T]]:
    """The records of the pages in lists of at least `least`, but for the last one."""
    records: list[T] = []
    for page in pages:
        records += page
        if len(records) >= least:
            yield records
            records = []
    if records:
        yield records


def once(pages: Iterable[tuple[str | None, list[T]]], who: str) -> Iterator[list[T]]:
    """Pages with the cursor of the next one; a repeated cursor would never end."""
    seen: set[str] = set()
    for cursor, page in pages:
        yield page
        if cursor is None:
            return
        if cursor in seen:
            raise SourceUnavailable(
                f"{who}: the provider's paging loops (a cursor came twice after "
                f"{len(seen)} pages). Nothing was loaded; run again."
            )
        seen.add(cursor)
