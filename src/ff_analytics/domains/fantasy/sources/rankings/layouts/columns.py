"""The columns that every layout is brought to, and cells that cannot be read."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl

from ff_analytics.domains.fantasy.own_files.style import Style
from ff_analytics.domains.fantasy.own_files.table import unusable
from ff_analytics.engine.base.cells.numbers import AmbiguousError

IDS = ("player_id", "fantasypros_id", "sleeper_id", "sportradar_id", "espn_id")
LISTED: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("kind", "measure", "scoring", "page"), pl.String),
    **{"season": pl.Int32, "week": pl.Int32},
    **dict.fromkeys(("listed_name", "position", "team"), pl.String),
    **{"average": pl.Float64, "sd": pl.Float64, "ranked_on": pl.Date},
    **dict.fromkeys(IDS, pl.String),
    # Why a row cannot be used; null for the others. `row` counts as a spreadsheet does.
    **{"flaw": pl.String, "row": pl.Int64},
}
FIRST_ROW = 2


def listed(table: pl.DataFrame) -> pl.DataFrame:
    """The columns of `LISTED`; absent ones null, text trimmed, rows numbered."""
    have = table.columns
    if "row" not in have:
        table = table.with_row_index("row", FIRST_ROW)
    text = pl.col(pl.String).str.strip_chars().replace("", None)
    return table.select(
        (pl.col(name) if name in have or name == "row" else pl.lit(None)).cast(kind).alias(name)
        for name, kind in LISTED.items()
    ).with_columns(text)


def _parsed(
    table: pl.DataFrame,
    column: str,
    url: str,
    parse: Callable[[str], object],
    kind: type[pl.DataType],
) -> tuple[pl.Series, pl.Series]:
    found, flaws = [], []
    for row, text in enumerate(table[column], start=FIRST_ROW):
        value, flaw = None, None
        if text is not None and text.strip():
            try:
                value = parse(text)
            except AmbiguousError as error:
                raise unusable(url, f"is not clear: row {row}, {column}: {error}.") from None
            except ValueError:
                value = None
            flaw = None if value is not None else f"{column} {text!r} cannot be read"
        found.append(value)
        flaws.append(flaw)
    return pl.Series(column, found, kind), pl.Series("flaw", flaws, pl.String)


def with_numbers(
    table: pl.DataFrame, columns: tuple[str, ...], url: str, style: Style
) -> pl.DataFrame:
    """The columns as numbers, as people write them; a cell that is none is the row's flaw.

    Raises `SourceError` with row and readings for a number that can be read in two ways.
    """
    for column in columns:
        if column not in table.columns:
            continue
        if table[column].dtype == pl.String:
            values, flaws = _parsed(
                table, column, url, lambda t: float(style.number(t)), pl.Float64
            )
            table = table.with_columns(values, _first_flaw(table, flaws))
        else:
            table = table.with_columns(pl.col(column).cast(pl.Float64).fill_nan(None))
    return table


def with_days(table: pl.DataFrame, column: str, url: str, style: Style) -> pl.DataFrame:
    """The column as dates, like `with_numbers`."""
    if column not in table.columns:
        return table.with_columns(pl.lit(None, pl.Date).alias(column))
    if table[column].dtype == pl.String:
        values, flaws = _parsed(table, column, url, style.day, pl.Date)
        return table.with_columns(values, _first_flaw(table, flaws))
    return table.with_columns(pl.col(column).cast(pl.Date))


def _first_flaw(table: pl.DataFrame, flaws: pl.Series) -> pl.Series:
    if "flaw" not in table.columns:
        return flaws
    return pl.select(pl.coalesce(table["flaw"], flaws)).to_series().alias("flaw")


def moment_day(value: object) -> date | None:
    """The day of a time in milliseconds, as JSON interfaces write it; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value / 1000, tz=UTC).date()
    except (OverflowError, OSError, ValueError):
        return None
