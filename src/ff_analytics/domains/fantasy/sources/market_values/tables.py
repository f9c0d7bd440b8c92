"""What providers send, as tables: the names of their columns, JSON lists, numbers and dates."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import polars as pl

from ff_analytics.domains.fantasy.own_files.style import Style
from ff_analytics.domains.fantasy.own_files.table import read_csv, separator_in, text_of, unusable
from ff_analytics.engine.base.bounds.limits import marked
from ff_analytics.engine.base.cells.numbers import AmbiguousError
from ff_analytics.engine.http import fast_json

T = TypeVar("T")

# Name of ours -> names that files use, in lower case with underscores.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "listed_name": ("name", "player", "player_name", "full_name"),
    "position": ("position", "pos"),
    "team": ("team", "nfl_team", "club"),
    "player_id": ("player_id", "gsis_id"),
    "fantasypros_id": ("fantasypros_id", "fp_id"),
    "espn_id": ("espn_id",),
    "format": ("format",),
    "valued_on": ("valued_on", "date", "scrape_date"),
    "value": ("value", "trade_value"),
    "value_1qb": ("value_1qb", "1qb"),
    "value_superflex": ("value_superflex", "value_2qb", "value_sf", "superflex", "2qb", "sf"),
}
_NUMBERS = ("value", "value_1qb", "value_superflex")
_LABELS = frozenset(("listed_name", "team"))


def read_table(data: bytes, url: str) -> pl.DataFrame:
    """All columns of a CSV as text, under the names of `ALIASES`."""
    return read_csv(data, url, ALIASES, labels=_LABELS)


def style_of(table: pl.DataFrame, data: bytes, url: str, style: Style) -> Style:
    """How the list writes numbers and dates: as `style` sets it, else as its cells prove."""

    def texts(*names: str) -> list[str]:
        return [t for n in names if n in table.columns for t in table[n].drop_nulls()]

    style = replace(style, comma_groups=separator_in(text_of(data, url)) == ",")
    return style.learn(texts(*_NUMBERS), texts("valued_on"))


def read_json(data: bytes, url: str) -> list[dict[str, Any]]:
    """A list of objects."""
    try:
        rows = marked(fast_json.loads(text_of(data, url).encode()))
    except ValueError as error:
        raise unusable(url, f"is not JSON ({error}).") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unusable(url, "holds no list of players; its layout has changed.")
    return rows


def need(table: pl.DataFrame, url: str, *choices: str) -> None:
    """Raise `SourceError` unless one of the columns is there; it lists the names we know."""
    if not any(name in table.columns for name in choices):
        names = ", ".join(alias for name in choices for alias in ALIASES.get(name, (name,)))
        have = ", ".join(table.columns[:10]) or "none"
        raise unusable(url, f"lacks a column {names} (any of them); it has {have}.")


def amounts(table: pl.DataFrame, column: str, url: str, style: Style) -> pl.Series:
    """Numbers as people write them: `9,750`, `$12`, `9750,5`; null for anything else.

    Raises `SourceError` with row and readings for a number that can be read in two ways.
    """

    def parse(text: str) -> float | None:
        try:
            return float(style.number(text))
        except AmbiguousError:
            raise
        except ValueError:
            return None

    return _parsed(table, column, url, parse, pl.Float64)


def days(table: pl.DataFrame, column: str, url: str, style: Style) -> pl.Series:
    """Dates in ISO, American or German order; null for anything else, `SourceError` as above."""
    return _parsed(table, column, url, style.day, pl.Date)


def _parsed(
    table: pl.DataFrame,
    column: str,
    url: str,
    parse: Callable[[str], T | None],
    kind: type[pl.DataType],
) -> pl.Series:
    found: list[T | None] = []
    for row, text in enumerate(table[column], start=2):
        try:
            found.append(None if text is None else parse(text))
        except AmbiguousError as error:
            raise unusable(url, f"is not clear: row {row}, {column}: {error}.") from None
    return pl.Series(column, found, kind)
