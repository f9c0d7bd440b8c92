"""What providers send, as tables: CSV of any spreadsheet, JSON lists, and their columns' names."""

import io
from collections.abc import Mapping
from typing import Any

import polars as pl

from ff_analytics.engine.base.bounds.limits import marked, refuse_wide
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.http import fast_json
from ff_analytics.engine.http.client import public

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
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y")


def _unusable(url: str, what: str) -> SourceError:
    return SourceError(f"{public(url)} {what} Nothing was loaded from it.")


def _text(data: bytes, url: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel saves as "CSV" without UTF-8 in western Europe and America.
        text = data.decode("cp1252", errors="replace")
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise _unusable(
            url,
            "is a web page, not data. A Google Sheet must be shared with everybody who has the "
            "link; a file needs the address of its raw content.",
        )
    return text


def read_csv(
    data: bytes, url: str, aliases: Mapping[str, tuple[str, ...]] = ALIASES
) -> pl.DataFrame:
    """All columns as text, named as here where an alias is known; `NA` and empty are null."""
    text = _text(data, url)
    refuse_wide(public(url), max(text.partition("\n")[0].count(sign) for sign in ",;") + 1)
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    try:
        table = pl.read_csv(
            io.StringIO(text), infer_schema=False, separator=separator, null_values=["NA", ""]
        )
    except pl.exceptions.PolarsError as error:
        reason = str(error).strip().splitlines()[0]
        raise _unusable(url, f"is not a readable CSV file ({reason}).") from error
    known = {alias: ours for ours, names in aliases.items() for alias in names}
    renames: dict[str, str] = {}
    for column in table.columns:
        ours = known.get(column.strip().lower().replace(" ", "_"))
        if ours and ours not in renames.values():
            renames[column] = ours
    return table.rename(renames)


def read_json(data: bytes, url: str) -> list[dict[str, Any]]:
    """A list of objects."""
    try:
        rows = marked(fast_json.loads(_text(data, url).encode()))
    except ValueError as error:
        raise _unusable(url, f"is not JSON ({error}).") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unusable(url, "holds no list of players; its layout has changed.")
    return rows


def need(table: pl.DataFrame, url: str, *choices: str) -> None:
    """Raise `SourceError` unless one of the columns is there; it lists the names we know."""
    if not any(name in table.columns for name in choices):
        names = ", ".join(alias for name in choices for alias in ALIASES.get(name, (name,)))
        have = ", ".join(table.columns[:10]) or "none"
        raise _unusable(url, f"lacks a column {names} (any of them); it has {have}.")


def amount(column: str) -> pl.Expr:
    """A number as people write it: `9,750`, `$12`; null for anything else."""
    return pl.col(column).str.replace_all(r"[,$\s]", "").cast(pl.Float64, strict=False)


def day(column: str) -> pl.Expr:
    """A date in ISO, American or German order, a time after it ignored; null for others."""
    text = pl.col(column).str.strip_chars().str.replace(r"[T ].*$", "")
    return pl.coalesce(text.str.to_date(form, strict=False) for form in _DATES)
