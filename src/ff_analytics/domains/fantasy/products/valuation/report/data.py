"""The valuation frame as plain objects that templates can read."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import polars as pl

from ff_analytics.domains.fantasy.report import positions
from ff_analytics.engine.report.numbers import clean, printable, short_name


@dataclass(frozen=True)
class Player:
    """One row of the contract `PlayerValuation`, same names and units. NaN became None."""

    player_id: str
    player_name: str
    position: str
    games: int
    total_points: float
    points_per_game: float
    position_rank: int
    overall_rank: int
    replacement_rank: int
    replacement_level: float
    replacement_points: float
    vor: float
    war: float
    auction_value: int
    tier: int
    p10: float
    p50: float
    p90: float
    positional_scarcity_adjustment: float = 1.0
    team: str | None = None
    franchise: str | None = None
    age: float | None = None
    scarcity_dropoff: float | None = None
    vor_slope: float | None = None
    tier_mixture: int | None = None
    salary: float | None = None
    contract_efficiency_dollar_per_war: float | None = None
    ageing_value: float | None = None
    market_value: float | None = None
    market_gap_pct: float | None = None
    market_gap_z: float | None = None

    @property
    def short(self) -> str:
        # A defence is a team: its first word is part of the name.
        return self.player_name if self.position == "DST" else short_name(self.player_name)

    @property
    def css(self) -> str:
        return positions.css(self.position)

    @property
    def label(self) -> str:
        """`RB1`: position and rank."""
        return f"{self.position}{self.position_rank}"

    @property
    def on_market(self) -> float | None:
        """Our value on the scale of the market; None where the two cannot be compared."""
        if self.market_value is None or self.market_gap_pct is None:
            return None
        return self.market_value * (1 + self.market_gap_pct)

    @property
    def surplus(self) -> float | None:
        """Auction price less salary, dollars; None without a contract."""
        return None if self.salary is None else self.auction_value - self.salary


@dataclass(frozen=True)
class Position:
    """The players of one position in rank order (never empty), and what they add up to."""

    name: str
    players: tuple[Player, ...]

    @property
    def css(self) -> str:
        return positions.css(self.name)

    @property
    def title(self) -> str:
        return positions.title(self.name)

    @property
    def best(self) -> Player:
        return self.players[0]

    @cached_property
    def above(self) -> tuple[Player, ...]:
        """Players worth more than a replacement."""
        return tuple(player for player in self.players if player.vor > 0)

    @cached_property
    def value(self) -> float:
        """Sum of value over replacement, points; players below replacement count zero."""
        return sum(player.vor for player in self.above)

    @cached_property
    def money(self) -> int:
        """Sum of auction prices, dollars."""
        return sum(player.auction_value for player in self.players)

    @cached_property
    def cliff(self) -> tuple[Player, float] | None:
        """The player before the largest step down among those above replacement, and the step
        in points; None with fewer than two players."""
        # Steps among players who are not started would only be noise.
        last = max(2, self.best.replacement_rank)
        pairs = zip(self.players[:last], self.players[1:last], strict=False)
        steps = [(a, a.total_points - b.total_points) for a, b in pairs]
        return max(steps, key=lambda step: step[1]) if steps else None


@dataclass(frozen=True)
class Board:
    """All players of a valuation by overall rank."""

    players: tuple[Player, ...]

    @cached_property
    def positions(self) -> tuple[Position, ...]:
        names = sorted({player.position for player in self.players}, key=positions.sort_key)
        return tuple(Position(name, self._at(name)) for name in names)

    def _at(self, position: str) -> tuple[Player, ...]:
        chosen = (player for player in self.players if player.position == position)
        return tuple(sorted(chosen, key=lambda player: player.position_rank))

    @cached_property
    def value(self) -> float:
        return sum(position.value for position in self.positions)

    @cached_property
    def money(self) -> int:
        return sum(position.money for position in self.positions)

    def known(self, column: str) -> int:
        """Number of players whose `column` is not missing."""
        return sum(getattr(player, column) is not None for player in self.players)


def read(frame: pl.DataFrame) -> Board:
    """Board of a valuation frame. Optional columns may be absent; text loses control characters."""
    # The name breaks ties, so that the page does not depend on the order of the rows.
    columns = [field.name for field in fields(Player) if field.name in frame.columns]
    rows = frame.sort("overall_rank", "player_id").select(columns).rows(named=True)
    return Board(tuple(Player(**{key: _tidy(value) for key, value in row.items()}) for row in rows))


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    return clean(value) if isinstance(value, float) else value


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def with_values(players: Sequence[Player], column: str) -> list[Player]:
    return [player for player in players if getattr(player, column) is not None]
