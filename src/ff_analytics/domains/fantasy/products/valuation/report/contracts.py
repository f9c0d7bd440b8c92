"""Section on contracts: bargains, overpays, and the sums per franchise."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from ff_analytics.domains.fantasy.products.valuation.report.data import Board, Player, with_values
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.fragments import Section, absent, fragment
from ff_analytics.engine.report.numbers import dollars
from ff_analytics.engine.report.svg import Scale

LISTED = 10


@dataclass(frozen=True)
class Ledger:
    """Contracts of one franchise: players, salaries and the prices of the same players."""

    franchise: str
    players: int
    salary: float
    price: float

    @property
    def surplus(self) -> float:
        return self.price - self.salary


def contracts(board: Board) -> Section:
    """Bargains and overpays: auction price against salary, and the sums per franchise."""
    held = with_values(board.players, "salary")
    if not held:
        return absent(
            "contracts",
            "Contracts",
            "No salaries of this league are in the lake, so there are no bargains to show.",
            "ff ingest league-sheet",
        )
    # Dollars, not per cent: ten dollars saved buy the same whoever saved them.
    best = sorted(held, key=lambda p: (-(p.surplus or 0), p.overall_rank))
    bargains = [player for player in best if (player.surplus or 0) > 0][:LISTED]
    overpays = [player for player in reversed(best) if (player.surplus or 0) < 0][:LISTED]
    shown = [*bargains, *overpays]
    scale = Scale.covering((v for p in shown for v in _ends(p)), steps=3)
    body = fragment(
        "valuation/contracts.html.j2",
        groups=[
            ("Bargains", "worth more than they cost", _dumbbells(bargains, scale)),
            ("Overpays", "cost more than they are worth", _dumbbells(overpays, scale)),
        ],
        axis=charts.axis(scale, dollars),
        ledgers=_ledgers(held),
    )
    lead = (
        f"{len(held)} players are under contract. The open dot is the salary, the filled dot the "
        "price in an auction today; the surplus is the difference."
    )
    return Section("contracts", "Contracts", body, lead)


def _ends(player: Player) -> tuple[float, float]:
    return player.salary or 0.0, float(player.auction_value)


def _dumbbells(players: Iterable[Player], scale: Scale) -> list[tuple[Player, Markup]]:
    return [
        (
            player,
            charts.dumbbell(
                scale,
                *_ends(player),
                f"{player.player_name}: salary {dollars(player.salary)}, "
                f"price {dollars(player.auction_value)}",
            ),
        )
        for player in players
    ]


def _ledgers(held: Iterable[Player]) -> list[tuple[Ledger, Markup]]:
    by_franchise: dict[str, list[Player]] = {}
    for player in held:
        by_franchise.setdefault(player.franchise or "no franchise", []).append(player)
    ledgers = [
        Ledger(
            name,
            len(players),
            sum(player.salary or 0.0 for player in players),
            sum(player.auction_value for player in players),
        )
        for name, players in by_franchise.items()
    ]
    scale = Scale.covering(ledger.surplus for ledger in ledgers)
    ledgers.sort(key=lambda ledger: (-ledger.surplus, ledger.franchise))
    return [(ledger, charts.bar(scale, ledger.surplus)) for ledger in ledgers]
