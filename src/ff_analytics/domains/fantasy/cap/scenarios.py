"""The four scenarios of a league: as it stands, with cuts, with extensions, with a trade.

Moves that are not given get a default for every franchise, so that a scheduled run is
informative: the one cut that frees most, the most expensive expiring contract
extended, the franchise with least room trades its most expensive contract that fits another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ff_analytics.domains.fantasy.cap.book import Book, ledger
from ff_analytics.domains.fantasy.cap.contract import Contract, standard_split
from ff_analytics.domains.fantasy.cap.moves import cut, extend, release, trade
from ff_analytics.domains.fantasy.cap.orders import ExtensionOrder, TradeOrder, resolve

NAMES = ("baseline", "cut", "extension", "trade")
EXTENSION_YEARS = 3


@dataclass(frozen=True)
class Scenario:
    """A book after some moves; `moves` says in words what each franchise did."""

    name: str
    book: Book
    moves: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CutOption:
    """One player that a franchise could cut now, dollars."""

    player_id: str
    franchise: str
    salary: int
    freed: int
    dead: int
    saved: int

    @property
    def order(self) -> tuple[int, int, str]:
        """Most freed this season first, then most saved over all seasons."""
        return (-self.freed, -self.saved, self.player_id)


def cut_options(book: Book) -> list[CutOption]:
    """Every cut: `freed` this season, `dead` and `saved` over all; the largest relief first."""
    options = []
    for contract in book.contracts.values():
        years = release(book, contract.player_id)
        now = [year for year in years if year.season == book.season]
        options.append(
            CutOption(
                contract.player_id,
                contract.franchise,
                sum(year.salary for year in now),
                sum(year.freed for year in now),
                sum(year.dead for year in years),
                sum(year.freed for year in years),
            )
        )
    return sorted(options, key=lambda option: option.order)


def expiring(book: Book, franchise: str) -> list[Contract]:
    """Contracts that end with the current season, most expensive first, without weekly ones."""
    ending = (
        contract
        for contract in book.of(franchise)
        if contract.last.season == book.season
        and contract.last.kind != "weekly"
        and contract.last.salary
    )
    return sorted(ending, key=lambda contract: (-contract.last.salary, contract.player_id))


class _Log:
    """Moves in words by franchise, with players by name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.said: dict[str, list[str]] = {}

    def name(self, player_id: str) -> str:
        return self.names.get(player_id, player_id)

    def note(self, franchise: str, words: str) -> None:
        self.said.setdefault(franchise, []).append(words)

    def moves(self) -> dict[str, str]:
        return {franchise: "; ".join(words) for franchise, words in self.said.items()}


def cuts(book: Book, chosen: Sequence[str], names: Mapping[str, str]) -> Scenario:
    """Cut the given players; by default the cut of each franchise that frees most now."""
    log = _Log(names)
    players = [resolve(text, book, names) for text in chosen]
    if not chosen:
        best: dict[str, str] = {}
        for option in cut_options(book):
            if option.freed > 0:
                best.setdefault(option.franchise, option.player_id)
        players = list(best.values())
    after = book
    for player in dict.fromkeys(players):
        years = release(after, player)
        owner, freed = after.contracts[player].franchise, sum(y.freed for y in years)
        log.note(owner, f"cut {log.name(player)}: saves ${freed}")
        after = cut(after, player)
    return Scenario("cut", after, log.moves())


def _salaries(contract: Contract, order: ExtensionOrder) -> Sequence[int]:
    if order.salaries:
        return order.salaries
    total = order.total if order.total is not None else contract.last.salary * order.years
    return standard_split(total, order.years)


def _default_extensions(book: Book) -> list[ExtensionOrder]:
    years = min(EXTENSION_YEARS, book.rules.contract_years - 1)
    if not years:
        return []
    ending = (expiring(book, franchise)[:1] for franchise in book.franchises)
    return [ExtensionOrder(player=c.player_id, years=years) for first in ending for c in first]


def extensions(book: Book, chosen: Sequence[ExtensionOrder], names: Mapping[str, str]) -> Scenario:
    """Extend the given players; by default the costliest expiring contract of each franchise."""
    log = _Log(names)
    orders = list(chosen) or _default_extensions(book)
    after = book
    for order in orders:
        player = resolve(order.player, after, names)
        salaries = _salaries(after.contracts[player], order)
        after = extend(after, player, salaries)
        shown = "-".join(f"{salary}" for salary in salaries)
        log.note(after.contracts[player].franchise, f"extend {log.name(player)}: ${shown}")
    return Scenario("extension", after, log.moves())


def _default_trade(book: Book) -> list[TradeOrder]:
    room = {line.franchise: line.available for line in ledger(book) if line.season == book.season}
    if not room:
        return []
    giver = min(room, key=lambda name: (room[name], name))
    taker = max(room, key=lambda name: (room[name], name))
    fits = [c for c in book.of(giver) if 0 < c.salary_in(book.season) <= room[taker]]
    if giver == taker or not fits:
        return []
    dearest = max(fits, key=lambda c: (c.salary_in(book.season), c.player_id))
    return [TradeOrder(giver=giver, taker=taker, players=[dearest.player_id])]


def trades(book: Book, chosen: Sequence[TradeOrder], names: Mapping[str, str]) -> Scenario:
    """Do the given trades; by default the tightest franchise sends its costliest contract that
    fits to the franchise with most room."""
    log = _Log(names)
    after = book
    for order in chosen or _default_trade(book):
        players = [resolve(text, after, names) for text in order.players]
        after = trade(after, order.giver, order.taker, players, order.cap)
        goods = [log.name(player) for player in players]
        goods += [f"${dollars} of {season}" for season, dollars in order.cap.items()]
        log.note(order.giver, f"sends {', '.join(goods)} to {order.taker}")
        log.note(order.taker, f"receives {', '.join(goods)} from {order.giver}")
    return Scenario("trade", after, log.moves())


def scenarios(
    book: Book,
    *,
    cut: Sequence[str] = (),
    extend: Sequence[ExtensionOrder] = (),
    trade: Sequence[TradeOrder] = (),
    names: Mapping[str, str] | None = None,
) -> tuple[Scenario, ...]:
    """All four, each from the same book."""
    known = names or {}
    return (
        Scenario("baseline", book),
        cuts(book, cut, known),
        extensions(book, extend, known),
        trades(book, trade, known),
    )
