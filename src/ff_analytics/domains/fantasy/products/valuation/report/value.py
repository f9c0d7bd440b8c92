"""Sections on value: the best players, positions, the drop to replacement, tiers, weekly range."""

from markupsafe import Markup

from ff_analytics.domains.fantasy.products.valuation.report.data import (
    Board,
    Player,
    Position,
    share,
)
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.fragments import Section, fragment
from ff_analytics.engine.report.numbers import number, whole
from ff_analytics.engine.report.svg import Scale

TOP = 25
RANGES = 10
TIER_ROWS = 40
# Ranks in a curve: more would squeeze the steep part, which the curve is there to show.
CURVE_RANKS = 48
# Panels reach half as deep again as the replacement, to show what follows him.
DEPTH = 1.5


def top_players(board: Board) -> Section:
    """The first players of all positions with their value as bars."""
    players = board.players[:TOP]
    scale = Scale.covering(player.vor for player in players)
    rows = [(player, charts.bar(scale, player.vor, vor_tip(player))) for player in players]
    body = fragment("valuation/top.html.j2", rows=rows, axis=charts.axis(scale, whole))
    return Section(
        "top",
        f"The {len(players)} most valuable players",
        body,
        "Value is points above those of a replacement at the same position.",
        "Top players",
    )


def vor_tip(player: Player) -> str:
    return (
        f"{player.player_name}, {player.label}: {number(player.vor)} over replacement, "
        f"{number(player.total_points)} points"
    )


def by_position(board: Board) -> Section:
    """Sums per position, and the curve of value by rank for each over all others."""
    scale = Scale.covering(position.value for position in board.positions)
    rows = [
        (position, charts.bar(scale, position.value), share(position.value, board.value))
        for position in board.positions
    ]
    body = fragment(
        "valuation/positions.html.j2",
        rows=rows,
        axis=charts.axis(scale, whole),
        curves=_curves(board),
        total=board.value,
        money=board.money,
    )
    return Section(
        "positions",
        "Where the value is",
        body,
        "Sum of the value of all players above replacement, by position.",
        "Positions",
    )


def _curves(board: Board) -> list[tuple[Position, Markup]]:
    """Curves end a little below zero: how bad the worst players are says nothing."""
    best = max(player.vor for player in board.players)
    low = -0.15 * max(best, 1.0)
    scale = Scale(low, Scale.covering([best]).high)
    values = {
        position.name: [
            player.vor
            for player in position.players[:CURVE_RANKS]
            if player.vor >= low or player is position.best
        ]
        for position in board.positions
    }

    def curve(position: Position) -> Markup:
        others = [values[other] for other in values if other != position.name]
        label = (
            f"Value over replacement by rank, {position.title}: {number(position.best.vor)} at "
            f"rank 1, {len(position.above)} players above replacement."
        )
        return charts.curve(values[position.name], others, scale, label)

    return [(position, curve(position)) for position in board.positions]


def drop_off(board: Board) -> Section:
    """Points by position rank against the replacement, one panel per position."""
    top = Scale.covering(player.total_points for player in board.players)
    panels = [(position, _columns(position, top)) for position in board.positions]
    body = fragment("valuation/dropoff.html.j2", panels=panels)
    return Section(
        "drop-off",
        "How fast each position falls to replacement",
        body,
        "Points by position rank. The dashed line is the replacement; players "
        "at and below it are faded. All panels share one scale.",
        "Drop-off",
    )


def _columns(position: Position, top: Scale) -> Markup:
    best = position.best
    shown = position.players[: max(8, round(best.replacement_rank * DEPTH))]
    values = [
        (
            f"{player.label} {player.player_name}: {number(player.total_points)} points",
            player.total_points,
        )
        for player in shown
    ]
    label = (
        f"Points by rank, {position.title}: from {number(best.total_points)} at rank 1 to "
        f"{number(best.replacement_points)} at replacement, rank {best.replacement_rank}."
    )
    return charts.columns(values, top, best.replacement_points, best.replacement_rank, label)


def tiers(board: Board) -> Section:
    """Players of each position grouped by tier, down to the replacement."""
    boards = [(position, _tiers(position)) for position in board.positions]
    body = fragment("valuation/tiers.html.j2", boards=boards)
    return Section(
        "tiers",
        "Tiers",
        body,
        "Within a tier the choice hardly matters; between tiers it does. Each position is shown "
        f"down to its replacement, at most {TIER_ROWS} players.",
    )


def _tiers(position: Position) -> list[tuple[int, list[Player]]]:
    last = min(TIER_ROWS, max(4, position.best.replacement_rank))
    grouped: dict[int, list[Player]] = {}
    for player in position.players[:last]:
        grouped.setdefault(player.tier, []).append(player)
    return sorted(grouped.items())


def ranges(board: Board) -> Section:
    """Weekly P10 to P90 with P50 of the first players of each position."""
    groups = [(position, position.players[:RANGES]) for position in board.positions]
    shown = [player for _, players in groups for player in players]
    scale = Scale.covering(value for player in shown for value in (player.p10, player.p90))
    panels = [
        (
            position,
            [(player, charts.whisker(scale, *_range(player), _tip(player))) for player in players],
        )
        for position, players in groups
    ]
    body = fragment("valuation/ranges.html.j2", panels=panels, axis=charts.axis(scale, whole))
    return Section(
        "ranges",
        "Floor and ceiling of a week",
        body,
        "The band runs from P10 to P90 of a week's points, the dot is the middle week (P50): in "
        "eight weeks of ten the player lands on the band.",
        "Weekly range",
    )


def _range(player: Player) -> tuple[float, float, float]:
    return player.p10, player.p50, player.p90


def _tip(player: Player) -> str:
    low, middle, high = (number(value) for value in _range(player))
    return f"{player.player_name}: floor {low}, middle {middle}, ceiling {high} points a week"
