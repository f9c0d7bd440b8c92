"""What the page shows: the published rows, and the moves that the same book offers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from ff_analytics.domains.fantasy.cap import Book, CapRules
from ff_analytics.domains.fantasy.cap.scenarios import cut_options, expiring
from ff_analytics.engine.report.numbers import printable

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run


@dataclass(frozen=True)
class Row:
    """One published row, dollars."""

    franchise: str
    season: int
    scenario: str
    base: int
    active: int
    dead: int
    traded: int
    available: int
    change: int
    contracts: int
    moves: str | None


@dataclass(frozen=True)
class Cut:
    """A player whom his franchise could cut now, dollars. `saved` is over all seasons."""

    name: str
    position: str
    franchise: str
    salary: int
    freed: int
    dead: int
    saved: int
    last_season: int


@dataclass(frozen=True)
class Ending:
    """A contract that ends with the season; `pick` = round of the compensation, if any."""

    name: str
    position: str
    franchise: str
    salary: int
    pick: int | None


@dataclass(frozen=True)
class Table:
    """All that the page needs."""

    rules: CapRules
    season: int
    rows: tuple[Row, ...]
    cuts: tuple[Cut, ...] = ()
    ending: tuple[Ending, ...] = ()

    def scenario(self, name: str) -> list[Row]:
        return [row for row in self.rows if row.scenario == name]

    @cached_property
    def now(self) -> list[Row]:
        """The baseline of the current season, most room first."""
        rows = [row for row in self.scenario("baseline") if row.season == self.season]
        return sorted(rows, key=lambda row: (-row.available, row.franchise))

    @cached_property
    def franchises(self) -> list[str]:
        return [row.franchise for row in self.now]

    @cached_property
    def seasons(self) -> list[int]:
        return sorted({row.season for row in self.rows})

    def by_season(self, scenario: str = "baseline") -> Mapping[str, list[Row]]:
        """Rows in the order of the seasons by franchise."""
        found: dict[str, list[Row]] = {franchise: [] for franchise in self.franchises}
        for row in sorted(self.scenario(scenario), key=lambda row: row.season):
            found[row.franchise].append(row)
        return found


def _rows(frame: pl.DataFrame) -> tuple[Row, ...]:
    columns = {
        "franchise": "franchise",
        "season": "projection_year",
        "scenario": "scenario_name",
        "base": "base_cap",
        "active": "active_obligations",
        "dead": "dead_cap_obligations",
        "traded": "traded_cap_net",
        "available": "available_cap_space",
        "change": "change_from_baseline",
        "contracts": "contracts",
        "moves": "moves",
    }
    shown = frame.select(**{name: pl.col(column) for name, column in columns.items()})
    rows: Iterator[dict[str, Any]] = shown.iter_rows(named=True)

    def tidy(value: Any) -> Any:
        return printable(value) if isinstance(value, str) else value

    return tuple(Row(**{key: tidy(value) for key, value in row.items()}) for row in rows)


def table_of(frame: pl.DataFrame, book: Book, players: Mapping[str, tuple[str, str]]) -> Table:
    """`frame` as published, the book behind it, and name and NFL position by player id."""

    def who(player_id: str) -> tuple[str, str]:
        name, position = players.get(player_id, (player_id, ""))
        return printable(name), printable(position)

    cuts = tuple(
        Cut(
            *who(option.player_id),
            printable(option.franchise),
            option.salary,
            option.freed,
            option.dead,
            option.saved,
            book.contracts[option.player_id].last.season,
        )
        for option in cut_options(book)
    )
    ending = (contract for name in book.franchises for contract in expiring(book, name))
    endings = tuple(
        Ending(
            *who(contract.player_id),
            printable(contract.franchise),
            contract.last.salary,
            book.rules.compensation_round(contract.last.salary, 1),
        )
        for contract in ending
    )
    ordered = tuple(sorted(endings, key=lambda end: (-end.salary, end.name)))
    return Table(book.rules, book.season, _rows(frame), cuts, ordered)


def of_cap_run(frame: pl.DataFrame, run: "Run") -> Table:
    """The table of a run, with the book that its rows came from."""
    from ff_analytics.domains.fantasy.cap.tables import loaded_book
    from ff_analytics.domains.fantasy.league.league import LeagueProfile

    frames = run.inputs
    profile = LeagueProfile.model_validate_json(frames["raw_league.profiles"]["json"].item())
    book = loaded_book(
        frames["marts.mrt_contract_current"],
        frames["marts.mrt_cap_charge_current"],
        frames["raw_league.rosters"],
        profile,
        getattr(run.params, "season", None),
        run.snapshot_date,
    )
    known = frames["raw_nflverse.players"].select("gsis_id", "display_name", "position")
    players = {gsis: (name or gsis, place or "") for gsis, name, place in known.iter_rows()}
    return table_of(frame, book, players)
