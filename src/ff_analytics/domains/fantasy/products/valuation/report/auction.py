"""Section on auction prices: where the money goes, and what the n-th player costs."""

from ff_analytics.domains.fantasy.products.valuation.report.data import Board, Player, share
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.fragments import Section, fragment
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import dollars
from ff_analytics.engine.report.svg import Scale

PRICE_RANKS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 24, 30, 36, 42, 48)


def auction(board: Board, meta: ReportMeta) -> Section:
    """Where the money goes, and what the n-th player of a position costs."""
    scale = Scale.covering((float(position.money) for position in board.positions), steps=2)
    rows = [
        (
            position,
            charts.bar(scale, position.money),
            share(position.money, board.money),
            sum(player.auction_value > 0 for player in position.players),
        )
        for position in board.positions
    ]
    body = fragment(
        "valuation/auction.html.j2",
        rows=rows,
        axis=charts.axis(scale, dollars),
        total=board.money,
        bought=sum(player.auction_value > 0 for player in board.players),
        check=budget_words(meta),
        positions=board.positions,
        grid=_price_grid(board),
    )
    return Section("auction", "Auction dollars", body, _auction_lead(board, meta), "Auction")


def budget_words(meta: ReportMeta) -> str:
    """`12 teams x $250`, or nothing if the league's budget is not known."""
    if meta.teams is None or meta.budget is None:
        return ""
    return f"{meta.teams} teams × {dollars(meta.budget)}"  # noqa: RUF001 - a times sign


def _auction_lead(board: Board, meta: ReportMeta) -> str:
    words = budget_words(meta)
    if not words or meta.teams is None or meta.budget is None:
        return f"All prices sum to {dollars(board.money)}."
    expected = meta.teams * meta.budget
    if expected == board.money:
        return f"All prices sum to {dollars(board.money)}, the money in the league: {words}."
    return f"All prices sum to {dollars(board.money)}, not to {words} = {dollars(expected)}."


def _price_grid(board: Board) -> list[tuple[int, list[tuple[Player | None, float]]]]:
    """Rank, then per position the player there and the price's share of the highest price."""
    # One scale for all positions: the tint compares prices across columns.
    highest = max((player.auction_value for player in board.players), default=0) or 1
    longest = max((len(position.players) for position in board.positions), default=0)

    def at(players: tuple[Player, ...], rank: int) -> tuple[Player | None, float]:
        if rank > len(players) or not players[rank - 1].auction_value:
            return None, 0.0
        return players[rank - 1], players[rank - 1].auction_value / highest

    rows = [
        (rank, [at(position.players, rank) for position in board.positions])
        for rank in PRICE_RANKS
        if rank <= longest
    ]
    return [row for row in rows if any(player for player, _ in row[1])]
