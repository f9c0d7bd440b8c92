"""CSV of any spreadsheet as a table of text, its columns under the names used here."""

import io
import re
from collections.abc import Callable, Mapping

import polars as pl

from ff_analytics.engine.base.bounds.limits import refuse_wide
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.http.client import public

Aliases = Mapping[str, tuple[str, ...]]
_AGAIN = re.compile(r"_duplicated_\d+$")


def unusable(url: str, what: str) -> SourceError:
    """The error of a file of which nothing was loaded."""
    return SourceError(f"{public(url)} {what} Nothing was loaded from it.")


def text_of(data: bytes, url: str) -> str:
    """The file as text; `SourceError` for a web page in its place."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel saves as "CSV" without UTF-8 in western Europe and America.
        text = data.decode("cp1252", errors="replace")
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise unusable(
            url,
            "is a web page, not data. A Google Sheet must be shared with anyone who has the "
            "link; a file needs the address of its raw content.",
        )
    return text


def separator_in(text: str) -> str:
    """What stands between the columns: a comma or a semicolon."""
    head = text.partition("\n")[0]
    return ";" if head.count(";") > head.count(",") else ","


def _joined(table: pl.DataFrame, names: list[str], url: str, shown: str) -> pl.Series:
    """Columns of one meaning as one; `SourceError` with the row in which two differ."""
    kept = table[names[0]]
    for name in names[1:]:
        other = table[name]
        differ = (kept.str.strip_chars() != other.str.strip_chars()).fill_null(False)
        if differ.any():
            row = differ.arg_true()[0]
            heads = " and ".join(repr(_AGAIN.sub("", each)) for each in (names[0], name))
            raise unusable(
                url,
                f"has two columns for {shown}, {heads}, and row {row + 2} has "
                f"{kept[row]!r} and {other[row]!r}: rename or remove one.",
            )
        kept = pl.select(pl.coalesce(kept, other)).to_series()
    return kept


def _renamed(
    table: pl.DataFrame, url: str, aliases: Aliases, labels: frozenset[str],
    also: Callable[[str], bool],
) -> pl.DataFrame:  # fmt: skip
    known = {alias: ours for ours, names in aliases.items() for alias in (*names, ours)}
    groups: dict[str, list[str]] = {}
    columns: list[pl.Series] = []
    for name in table.columns:
        head = _AGAIN.sub("", name)
        ours = known.get(head.strip().lower().replace(" ", "_")) or (head if also(head) else None)
        if ours is None:
            columns.append(table[name])
        else:
            groups.setdefault(ours, []).append(name)
    for ours, names in groups.items():
        names.sort(key=lambda name: name.strip().lower() != ours)
        # Of several columns that label a row the first counts: owner and team are no contradiction.
        same = [n for n in names if ours not in labels or _AGAIN.sub("", n) == names[0]]
        columns.append(_joined(table, same, url, ours).alias(ours))
        columns += [table[n] for n in names if n not in same]
    order = {name: i for i, name in enumerate(table.columns)}
    first = {ours: order[names[0]] for ours, names in groups.items()}
    columns.sort(key=lambda column: first.get(column.name, order.get(column.name, 0)))
    return pl.DataFrame(columns)


def read_csv(
    data: bytes,
    url: str,
    aliases: Aliases,
    *,
    labels: frozenset[str] = frozenset(),
    also: Callable[[str], bool] = lambda _: False,
    empty: tuple[str, ...] = ("NA", ""),
) -> pl.DataFrame:
    """All columns as text, named as here where an alias is known; cells of `empty` are null.

    Two columns of one meaning are one when no row has two values, else `SourceError`; of those
    in `labels` the first counts. `also`: other columns that are read, under their own name.
    """
    text = text_of(data, url)
    separator = separator_in(text)
    refuse_wide(public(url), text.partition("\n")[0].count(separator) + 1)
    try:
        table = pl.read_csv(
            io.StringIO(text), infer_schema=False, separator=separator, null_values=list(empty)
        )
    except pl.exceptions.PolarsError as error:
        reason = str(error).strip().splitlines()[0]
        raise unusable(url, f"is not a readable CSV file ({reason}).") from error
    return _renamed(table, url, aliases, labels, also)
