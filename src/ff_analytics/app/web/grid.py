"""A table of which the address says everything: search, filters, sort, columns, page, export."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup
from starlette.responses import Response

from ff_analytics.app.web.figures import decimals, heading
from ff_analytics.app.web.page import Page, part
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.read.dictionary import ColumnText
from ff_analytics.engine.read.export import to_csv, to_excel, to_parquet

ROWS = 50
# Media type and writer of each kind of file, by its extension.
FILES: Mapping[str, tuple[str, Callable[[pl.DataFrame, Mapping[str, str]], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", lambda frame, facts: to_csv(frame)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_excel),
    "parquet": ("application/vnd.apache.parquet", to_parquet),
}
OPERATORS = {
    "ge": "at least",
    "le": "at most",
    "eq": "is",
    "ne": "is not",
    "has": "contains",
    "none": "is empty",
    "some": "is not empty",
}


@dataclass(frozen=True)
class Condition:
    """One filter of the address, `column:operator:value`."""

    column: str
    operator: str
    value: str

    @property
    def words(self) -> str:
        return f"{heading(self.column)} {OPERATORS[self.operator]} {self.value}".strip()

    @property
    def token(self) -> str:
        return f"{self.column}:{self.operator}:{self.value}"

    def expression(self, kind: pl.DataType) -> pl.Expr:
        """The filter for a column of this type; `ConfigError` for a value that does not fit."""
        column = pl.col(self.column)
        if self.operator in ("none", "some"):
            return column.is_null() if self.operator == "none" else column.is_not_null()
        if self.operator == "has":
            text = column.cast(pl.String).str.to_lowercase()
            return text.str.contains(self.value.lower(), literal=True)
        if kind.is_numeric():
            try:
                value: Any = float(self.value.replace(",", ""))
            except ValueError:
                raise ConfigError(
                    f"{self.value[:40]!r} is no number, and {self.column} holds numbers."
                ) from None
        else:
            column, value = column.cast(pl.String), self.value
        compared: dict[str, pl.Expr] = {
            "ge": column >= value,
            "le": column <= value,
            "eq": column == value,
            "ne": column.ne_missing(value),
        }
        return compared[self.operator]


def conditions(page: Page, schema: pl.Schema) -> list[Condition]:
    """Filters of the address."""
    found = []
    for token in dict.fromkeys(page.many("where")):
        column, _, rest = token.partition(":")
        operator, _, value = rest.partition(":")
        if column not in schema or operator not in OPERATORS:
            raise ConfigError(f"where={token[:60]!r} names no column and comparison of this table.")
        found.append(Condition(column, operator, value))
    return found


@dataclass(frozen=True)
class View:
    """What of the frame is shown: all rows that match, in order, and the page of them."""

    matching: pl.DataFrame
    total: int
    columns: tuple[str, ...]
    filters: tuple[Condition, ...]
    sort: str
    number: int

    @property
    def rows(self) -> pl.DataFrame:
        return self.matching.slice((self.number - 1) * ROWS, ROWS)

    @property
    def pages(self) -> int:
        return max(1, -(-self.matching.height // ROWS))


def _sorted(frame: pl.DataFrame, sort: str, tie: str | None) -> pl.DataFrame:
    by, falling = sort.removeprefix("-"), sort.startswith("-")
    if by not in frame.columns:
        return frame
    keys, order = [by], [falling]
    if tie and tie != by and tie in frame.columns:
        keys, order = [by, tie], [falling, False]
    return frame.sort(keys, descending=order, nulls_last=True, maintain_order=True)


def view(
    page: Page,
    frame: pl.DataFrame,
    *,
    default: Sequence[str],
    sort: str = "",
    tie: str | None = None,
    searched: Sequence[str] = (),
    choices: Sequence[str] = (),
) -> View:
    """The frame as the address asks for it; `choices` are parameters that equal a column's value.

    Raises `ConfigError` for a column that the frame does not have.
    """
    kept = conditions(page, frame.schema)
    known = [pl.lit(True), *(c.expression(frame.schema[c.column]) for c in kept)]
    for name in choices:
        if value := page.get(name):
            known.append(pl.col(name).cast(pl.String) == value)
    if words := page.get("q").lower().split():
        texts = [c for c in searched if c in frame.columns]
        joined = pl.concat_str([pl.col(c).fill_null("") for c in texts], separator=" ")
        known += [joined.str.to_lowercase().str.contains(word, literal=True) for word in words]
    chosen = [c for c in page.many("cols") if c in frame.columns]
    order = page.get("sort", sort)
    matching = _sorted(frame.filter(pl.all_horizontal(known)), order, tie)
    columns = tuple(chosen or [c for c in default if c in frame.columns] or frame.columns)
    pages = max(1, -(-matching.height // ROWS))
    asked = page.get("page", "1")
    number = min(max(1, int(asked) if asked.isascii() and asked.isdigit() else 1), pages)
    return View(matching, frame.height, columns, tuple(kept), order, number)


def next_sort(view: View, column: str, kind: pl.DataType) -> str:
    """What a click on the heading asks for: numbers fall first, text rises first."""
    falling = f"-{column}"
    if view.sort == column:
        return falling
    if view.sort == falling:
        return column
    return falling if kind.is_numeric() else column


def table(
    page: Page,
    view: View,
    *,
    texts: Mapping[str, ColumnText],
    links: Mapping[str, str] | None = None,
    key: str | None = None,
    named: str | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
    keep: Sequence[str] = (),
    compare: str = "",
    search: str = "",
) -> Markup:
    """The grid with its forms.

    `links` are addresses of rows by the value of `key`; `named` is the column that names a row,
    `keep` the parameters that other forms of the page own, `compare` where chosen rows go.
    """
    schema = view.matching.schema
    return part(
        "grid.html.j2",
        page=page,
        view=view,
        schema=schema,
        rows=view.rows.to_dicts(),
        texts=texts,
        links=links or {},
        key=key,
        named=named or (view.columns[0] if view.columns else None),
        choices=choices or {},
        keep=keep,
        compare=compare,
        search=search,
        everything=page.link(page.path, **{name: page.get(name) for name in keep}),
        operators=OPERATORS,
        sorts={c: next_sort(view, c, schema[c]) for c in view.columns},
        numeric={c for c in view.columns if schema[c].is_numeric()},
        places={c: decimals(view.matching[c]) for c in view.columns if schema[c].is_float()},
    )


def export(page: Page, view: View, name: str) -> Response | None:
    """The rows and columns that are shown, all pages of them, as the file asked for."""
    return frame_export(page, view.matching.select(view.columns), name)


def frame_export(page: Page, frame: pl.DataFrame, name: str) -> Response | None:
    """`frame` as the file that `format` asks for; None without one."""
    kind = page.get("format")
    if not kind:
        return None
    if kind not in FILES:
        raise ConfigError(f"format={kind[:20]!r} is none of {', '.join(FILES)}.")
    stem = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
    snapshot = str(page.reader.snapshot)
    headers = {"content-disposition": f'attachment; filename="{stem}-{snapshot}.{kind}"'}
    media, content = FILES[kind]
    facts = {"lake_snapshot": snapshot, "source": name}
    return Response(content(frame, facts), media_type=media, headers=headers)
