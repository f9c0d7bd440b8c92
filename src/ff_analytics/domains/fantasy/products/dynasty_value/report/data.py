"""The dynasty frame as plain objects that templates can read."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import polars as pl

from ff_analytics.domains.fantasy.report import positions
from ff_analytics.engine.report.numbers import clean, printable, short_name


@dataclass(frozen=True)
class Asset:
    """One row of the contract `DynastyValue`, same names and units. NaN became None."""

    player_id: str
    asset_type: str
    player_name: str
    position: str
    overall_rank: int
    position_rank: int
    dynasty_value_score: float
    score_contender: float
    score_rebuilder: float
    dynasty_value: float
    value_contender: float
    value_balanced: float
    value_rebuilder: float
    next_season_value: float
    later_seasons_value: float
    package_value: float
    roster_spot_cost: float
    vor_component: float
    age_component: float
    economics_component: float | None = None
    scarcity_component: float | None = None
    variance_component: float | None = None
    market_component: float | None = None
    team: str | None = None
    franchise: str | None = None
    age: float | None = None
    credibility: float | None = None
    salary: float | None = None
    contract_surplus: float | None = None
    market_value: float | None = None
    market_delta: float | None = None
    market_gap_pct: float | None = None
    market_gap_z: float | None = None
    trade_band: str | None = None

    @property
    def short(self) -> str:
        if self.is_pick:
            return self.player_name.replace(" pick ", " " if "." in self.player_name else " R")
        # A defence is a team: its first word is part of the name.
        return self.player_name if self.position == "DST" else short_name(self.player_name)

    @property
    def css(self) -> str:
        return positions.css(self.position)

    @property
    def is_pick(self) -> bool:
        return self.asset_type == "pick"

    @property
    def on_market(self) -> float | None:
        """Our value on the scale of the market; None where the two cannot be compared."""
        if self.market_value is None or self.market_delta is None:
            return None
        return self.market_value + self.market_delta

    @property
    def band(self) -> str:
        """`Strong buy`."""
        return (self.trade_band or "").replace("_", " ").capitalize()


@dataclass(frozen=True)
class Group:
    """The players of one position, best first (never empty)."""

    name: str
    players: tuple[Asset, ...]

    @property
    def css(self) -> str:
        return positions.css(self.name)

    @property
    def title(self) -> str:
        return positions.title(self.name)


@dataclass(frozen=True)
class Ledger:
    """All assets of a league by overall rank."""

    assets: tuple[Asset, ...]

    @cached_property
    def players(self) -> tuple[Asset, ...]:
        return tuple(asset for asset in self.assets if not asset.is_pick)

    @cached_property
    def picks(self) -> tuple[Asset, ...]:
        """In the order of the drafts, which is that of their ids."""
        return tuple(sorted((a for a in self.assets if a.is_pick), key=lambda a: a.player_id))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        names = sorted({player.position for player in self.players}, key=positions.sort_key)
        return tuple(
            Group(name, tuple(p for p in self.players if p.position == name)) for name in names
        )

    def known(self, column: str) -> int:
        """Number of assets whose `column` is not missing."""
        return sum(getattr(asset, column) is not None for asset in self.assets)


def read(frame: pl.DataFrame) -> Ledger:
    """Ledger of a dynasty frame; text loses control characters."""
    rows = frame.sort("overall_rank").select(field.name for field in fields(Asset))
    return Ledger(
        tuple(
            Asset(**{key: _tidy(value) for key, value in row.items()})
            for row in rows.rows(named=True)
        )
    )


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    return clean(value) if isinstance(value, float) else value
