"""A league's cap as a book: contracts and charges in, one line per franchise and season out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ff_analytics.domains.fantasy.cap.contract import Contract
from ff_analytics.domains.fantasy.cap.rules import CapRules

DEAD, TRADED = "dead", "traded"


@dataclass(frozen=True, slots=True)
class Charge:
    """Dollars of a season beside the contracts.

    `dead`: owed for a player who was cut (positive). `traded`: cap received (positive) or given
    away (negative).
    """

    franchise: str
    season: int
    kind: str
    dollars: int


@dataclass(frozen=True, slots=True)
class Line:
    """One franchise in one season, whole dollars."""

    franchise: str
    season: int
    base: int
    active: int = 0
    dead: int = 0
    traded: int = 0
    contracts: int = 0

    @property
    def available(self) -> int:
        """What is left to spend; negative when over the cap."""
        return self.base - self.active - self.dead + self.traded


@dataclass(frozen=True)
class Book:
    """All of a league from the current `season` on. Moves return a new book.

    `contracts` by player id: a player has one contract at a time.
    """

    rules: CapRules
    season: int
    franchises: tuple[str, ...]
    contracts: Mapping[str, Contract]
    charges: tuple[Charge, ...] = ()

    @property
    def seasons(self) -> range:
        """The current season to the last that the rules reach or something is owed in."""
        owed = [contract.last.season for contract in self.contracts.values()]
        owed += [charge.season for charge in self.charges]
        reach = self.season + max(self.rules.contract_years, self.rules.trade_seasons) - 1
        return range(self.season, max([reach, *owed]) + 1)

    def of(self, franchise: str) -> list[Contract]:
        """Contracts of a franchise, by player id."""
        held = (c for c in self.contracts.values() if c.franchise == franchise)
        return sorted(held, key=lambda contract: contract.player_id)


def ledger(book: Book, seasons: Iterable[int] | None = None) -> tuple[Line, ...]:
    """One line per franchise and season, both in order.

    Without `seasons` those of the book, so that none of its dollars is left out.
    """
    shown = book.seasons if seasons is None else tuple(seasons)
    active: Counter[tuple[str, int]] = Counter()
    held: Counter[tuple[str, int]] = Counter()
    for contract in book.contracts.values():
        for year in contract.years:
            active[contract.franchise, year.season] += year.salary
            held[contract.franchise, year.season] += 1
    beside: Counter[tuple[str, str, int]] = Counter()
    for charge in book.charges:
        beside[charge.kind, charge.franchise, charge.season] += charge.dollars
    return tuple(
        Line(
            franchise,
            season,
            book.rules.base,
            active[franchise, season],
            beside[DEAD, franchise, season],
            beside[TRADED, franchise, season],
            held[franchise, season],
        )
        for franchise in book.franchises
        for season in shown
    )
