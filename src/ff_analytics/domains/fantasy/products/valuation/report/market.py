"""Sections beyond the season: ageing value, and where the market disagrees with it."""

from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

from ff_analytics.domains.fantasy.products.valuation.report.data import Board, Player, with_values
from ff_analytics.domains.fantasy.report.no_market import no_market
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.fragments import Section, absent, fragment
from ff_analytics.engine.report.numbers import number, signed, whole
from ff_analytics.engine.report.svg import Scale

LISTED = 10
AGEING = 20
# Market gaps of fringe players are ratios of small numbers: only the first ones are compared.
MARKET_POOL = 200


def ageing(board: Board) -> Section:
    """The players worth most over the seasons to come, with their age."""
    valued = with_values(board.players, "ageing_value")
    if not valued:
        return absent(
            "ageing",
            "Ageing value",
            "No player has an ageing value: it needs birth dates, and a position with age curves.",
            "ff ingest nflverse",
        )
    first = sorted(valued, key=lambda p: (-(p.ageing_value or 0.0), p.overall_rank))[:AGEING]
    scale = Scale.covering((player.ageing_value or 0.0 for player in first), steps=3)
    rows = [
        (
            rank,
            player,
            charts.bar(
                scale,
                player.ageing_value or 0.0,
                f"{player.player_name}: {number(player.ageing_value)} points over the years, "
                f"rank {player.overall_rank} this season",
            ),
        )
        for rank, player in enumerate(first, 1)
    ]
    body = fragment("valuation/ageing.html.j2", rows=rows, axis=charts.axis(scale, whole))
    lead = (
        "Points above replacement of the next three seasons if the player ages as his position "
        "does, later ones counting less. This is not the dynasty value, which rests on the "
        "projections (analytics/dynasty-value). Beside it the rank by this season alone."
    )
    return Section("ageing", "Ageing value", body, lead, "Ageing")


def market(board: Board) -> Section:
    """Players whom we and the market see most differently, both ways."""
    priced = sorted(
        with_values(board.players, "market_gap_pct"),
        key=lambda player: (-(player.market_value or 0.0), player.overall_rank),
    )[:MARKET_POOL]
    if not priced:
        matched = sum(player.market_value is not None for player in board.players)
        return no_market("market", "Market gap", matched)
    gap = _gap(priced)
    higher = [p for p in sorted(priced, key=gap, reverse=True) if gap(p) > 0][:LISTED]
    lower = [p for p in sorted(priced, key=gap) if gap(p) < 0][:LISTED]
    body = fragment(
        "valuation/market.html.j2",
        groups=[
            ("We value higher", "candidates to buy", *_gap_bars(higher)),
            ("The market values higher", "candidates to sell", *_gap_bars(lower)),
        ],
    )
    lead = (
        f"The ageing value against the market's, both on the market's scale, for the {len(priced)} "
        "players whom the market values most. Ordered by the gap against its usual noise."
    )
    return Section("market", "Where the market disagrees", body, lead, "Market")


def _gap_bars(players: Sequence[Player]) -> tuple[Markup, list[tuple[Player, Markup]]]:
    """Axis and rows; each side has its own scale: a gap down ends at -100 %, one up does not."""
    scale = Scale.covering((p.market_gap_pct or 0.0 for p in players), steps=2)
    bars = [(p, charts.bar(scale, p.market_gap_pct or 0.0, _gap_tip(p))) for p in players]
    return charts.axis(scale, lambda value: signed(value * 100, suffix="%")), bars


def _gap(players: Iterable[Player]) -> Callable[[Player], float]:
    """The noise-scaled gap if there is one, else the plain percentage."""
    if any(player.market_gap_z is not None for player in players):
        return lambda player: player.market_gap_z or 0.0
    return lambda player: player.market_gap_pct or 0.0


def _gap_tip(player: Player) -> str:
    return (
        f"{player.player_name}: ours {whole(player.on_market)}, market {whole(player.market_value)}"
    )
