"""What a cut, an extension or a trade would change: cap by season, and value, before and after.

The moves are those of the cap product; nothing is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ff_analytics.app.queries.league_cap import Books
from ff_analytics.domains.fantasy.cap import moves
from ff_analytics.domains.fantasy.cap.book import Book, ledger
from ff_analytics.domains.fantasy.cap.contract import standard_split
from ff_analytics.engine.base.errors import ConfigError


@dataclass(frozen=True)
class Moves:
    """Moves that a user asks about; players by id.

    A trade is between `franchise` and `partner`: the first gives `give` and gets `get`.
    """

    cut: Sequence[str] = ()
    extend: str = ""
    years: int = 1
    total: int | None = None
    franchise: str = ""
    partner: str = ""
    give: Sequence[str] = ()
    get: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.cut or self.extend or self.give or self.get)


@dataclass(frozen=True)
class Line:
    """Cap room of a franchise in one season, dollars."""

    season: int
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Effect:
    """What the moves do to one franchise; a value is the sum over its players."""

    franchise: str
    lines: tuple[Line, ...]
    vor: tuple[float, float]
    dynasty: tuple[float, float]


@dataclass(frozen=True)
class WhatIf:
    """The moves in words, and their effect on each franchise that they touch."""

    words: tuple[str, ...]
    effects: tuple[Effect, ...]


def _move(asked: Moves, books: Books, book: Book) -> tuple[Book, list[str], set[str]]:
    """The book after the moves, in words, and the franchises concerned."""
    names, words, touched = books.names(), list[str](), set[str]()

    def owner(player: str) -> str:
        if player not in book.contracts:
            raise ConfigError(f"{names.get(player, player)} is not under contract.")
        return book.contracts[player].franchise

    for player in asked.cut:
        touched.add(owner(player))
        freed = sum(r.freed for r in moves.release(book, player))
        words.append(f"Cut {names.get(player, player)}: saves ${freed} over all seasons")
        book = moves.cut(book, player)
    if player := asked.extend:
        touched.add(owner(player))
        if not 1 <= asked.years <= book.rules.contract_years:
            raise ConfigError(f"Extend by 1 to {book.rules.contract_years} years.")
        usual = book.contracts[player].last.salary * asked.years
        split = standard_split(usual if asked.total is None else asked.total, asked.years)
        book = moves.extend(book, player, split)
        words.append(f"Extend {names.get(player, player)}: ${'-'.join(map(str, split))}")
    if asked.give or asked.get:
        franchise, other = asked.franchise, asked.partner
        if not other:
            raise ConfigError("Choose the franchise to trade with.")
        for giver, taker, players in (
            (franchise, other, asked.give),
            (other, franchise, asked.get),
        ):
            if players:
                book = moves.trade(book, giver, taker, players, {})
                sent = ", ".join(names.get(p, p) for p in players)
                words.append(f"{giver} sends {sent} to {taker}")
        touched |= {franchise, other}
    return book, words, touched


def _value(books: Books, book: Book, franchise: str, what: str, gone: Sequence[str]) -> float:
    """Sum over those who would be on the roster after the moves of `book`."""
    total = 0.0
    for player in books.players.values():
        contract = book.contracts.get(player.id)
        holder = contract.franchise if contract else player.franchise
        if holder == franchise and player.id not in gone:
            total += max(0.0, getattr(player, what) or 0.0)
    return total


def what_if(asked: Moves, books: Books) -> WhatIf:
    """The effect of the moves; `ConfigError` for one that the rules forbid."""
    before = books.book
    if before is None:
        raise ConfigError(books.why_no_book)
    after, words, touched = _move(asked, books, before)
    seasons = sorted({*before.seasons, *after.seasons})
    rooms = [
        {(line.franchise, line.season): line.available for line in ledger(book, seasons)}
        for book in (before, after)
    ]
    effects = []
    for franchise in sorted(touched):
        lines = (Line(s, rooms[0][franchise, s], rooms[1][franchise, s]) for s in seasons)
        sums = {
            what: (
                _value(books, before, franchise, what, ()),
                _value(books, after, franchise, what, asked.cut),
            )
            for what in ("vor", "dynasty_value")
        }
        effects.append(Effect(franchise, tuple(lines), sums["vor"], sums["dynasty_value"]))
    return WhatIf(tuple(words), tuple(effects))
