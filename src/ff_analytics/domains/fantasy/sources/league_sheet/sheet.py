"""A sheet as rows with their numbers, and the notes about what is wrong with them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import polars as pl

from ff_analytics.domains.fantasy.own_files.style import Style
from ff_analytics.domains.fantasy.own_files.table import read_csv, separator_in, text_of
from ff_analytics.domains.fantasy.sources.league_sheet import cells
from ff_analytics.domains.fantasy.sources.league_sheet.cells import CellError, word
from ff_analytics.engine.base.cells.errors import spreadsheet_error
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.http.client import public

T = TypeVar("T")

# Name of ours -> names that sheets use, in lower case with underscores.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "player": ("player", "player_name", "name", "full_name"),
    "player_id": ("player_id", "gsis_id"),
    "position": ("position", "pos"),
    "nfl_team": ("nfl_team", "nfl", "club"),
    "franchise": ("franchise", "franchise_name", "owner", "gm", "manager", "fantasy_team", "team"),
    "season": ("season", "year", "contract_year"),
    "salary": ("salary", "amount", "cap_hit", "annual_amount", "price", "cost"),
    "contract_type": ("contract_type", "type", "contract"),
    "years": ("years", "length", "contract_length", "contract_years"),
    "slot": ("slot", "status", "roster_slot", "roster_status"),
    "kind": ("kind", "charge"),
    "dollars": ("dollars", "dead_cap", "dead_money", "cap"),
    "entry": ("entry", "note", "reason", "description"),
}
# What stands for "no value"; as a slot it is refused, since an empty one means active.
_NONE = frozenset(("", "na", "n/a", "-", "\u2013", "\u2014"))
_LABELS = frozenset(("player", "franchise", "nfl_team", "position", "entry"))
# A heading that holds a year, or one in short.
_MAYBE_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)|['\u2019]\d\d(?!\d)")


@dataclass(frozen=True)
class Row:
    """A row of the sheet: its number as a spreadsheet shows it, its filled cells."""

    number: int
    cells: Mapping[str, str]

    def text(self, name: str) -> str | None:
        return self.cells.get(name)


@dataclass(frozen=True)
class Flaw:
    """What is wrong: row, name of the field, and the reason as the end of a sentence."""

    row: Row
    name: str
    reason: str
    keys: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return f"row {self.row.number}, {self.name}: {self.reason}"


@dataclass
class Sheet:
    """One sheet on its way into a table."""

    url: str
    rows: list[Row]
    columns: list[str]
    style: Style = field(default_factory=Style)
    franchises: dict[str, str] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def need(self, *choices: str) -> None:
        """Raise `SourceError` unless one of the columns is there."""
        if not any(name in self.columns for name in choices):
            names = ", ".join(alias for name in choices for alias in ALIASES[name])
            raise SourceError(
                f"{public(self.url)} lacks a column {names} (any of them); it has "
                f"{', '.join(self.columns[:12]) or 'none'}. Nothing was loaded from it."
            )

    def flaw(self, row: Row, name: str, reason: str, **keys: Any) -> None:
        self.flaws.append(Flaw(row, name, reason, keys))

    def read(self, row: Row, name: str, parse: Callable[[str], T]) -> T | None:
        """The parsed cell; None, with a flaw noted, when it is empty or cannot be read."""
        text = row.text(name)
        if text is None:
            self.flaw(row, name, "is empty")
            return None
        return self.optional(row, name, parse)

    def optional(self, row: Row, name: str, parse: Callable[[str], T]) -> T | None:
        """The parsed cell; None when it is empty, and with a flaw noted when it is unreadable."""
        text = row.text(name)
        if text is not None and (error := spreadsheet_error(text)):
            self.flaw(row, name, f"holds the spreadsheet's error {error}")
            return None
        try:
            return None if text is None else parse(text)
        except CellError as error:
            self.flaw(row, name, str(error))
            return None

    def franchise(self, row: Row) -> str | None:
        """The franchise, in one spelling: `ants` is `Ants` where that one came first."""
        text = self.read(row, "franchise", lambda text: " ".join(text.split()))
        if text is None:
            return None
        known = self.franchises.setdefault(text.casefold(), text)
        if (
            known != text
            and (line := f"franchise {text!r} is read as {known!r}") not in self.warnings
        ):
            self.warnings.append(line)
        return known

    @property
    def seasons(self) -> dict[str, int]:
        """Columns of a wide sheet that are a season's salaries."""
        found = {name: cells.year(name) for name in self.columns}
        return {name: season for name, season in found.items() if season}

    def numbers(self, names: Iterable[str]) -> None:
        """Learn from the columns how the sheet writes numbers."""
        self.style = self.style.learn(
            text for name in names for row in self.rows if (text := row.text(name))
        )

    def warn_unread(self, read: Iterable[str]) -> None:
        """Warn of columns beside `read` that may be a season or a salary."""
        left = [n for n in self.columns if _MAYBE_YEAR.search(n) or n == "salary"]
        if unread := [repr(name) for name in left if name not in set(read)]:
            self.warnings.append(
                f"not read: {', '.join(unread)}. Seasons are read from columns such as 2028, "
                "'28, FY28 or 2028 salary, or else from season and salary"
            )


def _aliases(data: bytes) -> Mapping[str, tuple[str, ...]]:
    """`team` is the franchise, unless another column is: then it is the NFL team."""
    head = data.split(b"\n", 1)[0].decode("utf-8", "replace")
    names = {word(name) for name in re.split("[,;]", head)}
    others = tuple(name for name in ALIASES["franchise"] if name != "team")
    if not names.intersection(others):
        return ALIASES
    return {**ALIASES, "franchise": others, "nfl_team": (*ALIASES["nfl_team"], "team")}


def read_sheet(
    data: bytes, url: str, style: Style | None = None, franchises: Mapping[str, str] | None = None
) -> Sheet:
    """A CSV with a head row; columns under the names used here where an alias is known.

    `franchises`: spellings that other tables use, by the name in lower case.
    """
    table = read_csv(
        data,
        url,
        _aliases(data),
        labels=_LABELS,
        also=lambda name: cells.year(name) is not None,
        empty=("",),
    )
    columns = [name.strip() for name in table.columns]
    rows = []
    for number, values in enumerate(table.iter_rows(), start=2):
        filled = {
            name: value.strip()
            for name, value in zip(columns, values, strict=True)
            if value is not None and (name == "slot" or value.strip().lower() not in _NONE)
        }
        if filled:
            rows.append(Row(number, filled))
    comma = separator_in(text_of(data, url)) == ","
    style = replace(style or Style(), comma_groups=comma)
    return Sheet(url, rows, columns, style, dict(franchises or {}))


def refused_frame(flaws: Iterable[Flaw], league: str) -> pl.DataFrame | None:
    """The rows that were quarantined, as they came, with row, field and reason."""
    records = [
        {
            **{f"sheet_{name}": value for name, value in flaw.row.cells.items()},
            **{name: None if value is None else str(value) for name, value in flaw.keys.items()},
            "league": league,
            "row": str(flaw.row.number),
            "field": flaw.name,
            "_reason": flaw.sentence,
        }
        for flaw in flaws
    ]
    if not records:
        return None
    names = dict.fromkeys(name for record in records for name in record)
    return pl.DataFrame(records, schema=dict.fromkeys(names, pl.String))
