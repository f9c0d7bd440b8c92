"""What a franchise can do: cut, extend, trade. Each takes a book and returns the next one.

Moves that the rules forbid raise `ConfigError`; being over the cap does not, since seasons
after the current one may exceed it, and a scenario is there to show it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ff_analytics.domains.fantasy.cap.book import DEAD, TRADED, Book, Charge
from ff_analytics.domains.fantasy.cap.contract import Contract, Year, broken_rule
from ff_analytics.engine.base.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Release:
    """What a cut does to one season, dollars: salary before, dead cap after."""

    season: int
    salary: int
    dead: int

    @property
    def freed(self) -> int:
        return self.salary - self.dead


def _held(book: Book, player_id: str) -> Contract:
    contract = book.contracts.get(player_id)
    if contract is None:
        raise ConfigError(f"{player_id} is not under contract, so he cannot be moved.")
    return contract


def release(book: Book, player_id: str) -> tuple[Release, ...]:
    """What a cut of the player in the current season does, season by season."""
    return tuple(
        Release(
            year.season,
            year.salary,
            book.rules.dead_dollars(year.salary, year.kind, year.season - book.season),
        )
        for year in _held(book, player_id).years
    )


def cut(book: Book, player_id: str) -> Book:
    """The player leaves; each remaining year leaves its share behind as dead cap."""
    owner = _held(book, player_id).franchise
    owed = (Charge(owner, r.season, DEAD, r.dead) for r in release(book, player_id) if r.dead)
    kept = {name: c for name, c in book.contracts.items() if name != player_id}
    return replace(book, contracts=kept, charges=(*book.charges, *owed))


def extend(book: Book, player_id: str, salaries: Sequence[int]) -> Book:
    """Years behind the last one of the contract; `salaries` in dollars, first new year first."""
    contract = _held(book, player_id)
    years = len(salaries)
    if not salaries:
        raise ConfigError(f"The extension of {player_id} has no years; give one or more.")
    whole = contract.last.season - book.season + 1 + years
    if whole > book.rules.contract_years:
        raise ConfigError(
            f"{player_id} would be under contract for {whole} seasons; the longest contract is "
            f"{book.rules.contract_years}. Extend him by fewer years."
        )
    if reason := broken_rule(salaries, book.rules):
        shown = "-".join(map(str, salaries))
        raise ConfigError(f"The extension of {player_id} ({shown}) is not allowed: {reason}.")
    first = contract.last.season + 1
    added = (Year(first + i, salary, "extension") for i, salary in enumerate(salaries))
    longer = replace(contract, years=(*contract.years, *added))
    return replace(book, contracts={**book.contracts, player_id: longer})


def _traded_cap(book: Book, giver: str, taker: str, cap: Mapping[int, int]) -> list[Charge]:
    last = book.season + book.rules.trade_seasons - 1
    charges = []
    for season, dollars in cap.items():
        if not book.season <= season <= last:
            raise ConfigError(
                f"Cap of {season} cannot be traded; the rules allow {book.season} to {last}."
            )
        if dollars < 1:
            raise ConfigError(f"A trade gives ${dollars} of {season}; give whole dollars from $1.")
        charges += [
            Charge(giver, season, TRADED, -dollars),
            Charge(taker, season, TRADED, dollars),
        ]
    return charges


def trade(
    book: Book, giver: str, taker: str, players: Sequence[str], cap: Mapping[int, int]
) -> Book:
    """One direction of a trade: contracts go over whole, and cap dollars by season.

    Dead cap stays where the player was cut. A trade both ways is two of these.
    """
    for name in (giver, taker):
        if name not in book.franchises:
            raise ConfigError(
                f"There is no franchise {name!r}. Franchises: {', '.join(book.franchises)}."
            )
    if giver == taker:
        raise ConfigError(f"{giver} cannot trade with itself; name two franchises.")
    moved = {}
    for player_id in players:
        contract = _held(book, player_id)
        if contract.franchise != giver:
            raise ConfigError(
                f"{player_id} belongs to {contract.franchise}, so {giver} cannot trade him."
            )
        moved[player_id] = replace(contract, franchise=taker)
    charges = _traded_cap(book, giver, taker, cap)
    return replace(book, contracts={**book.contracts, **moved}, charges=(*book.charges, *charges))
