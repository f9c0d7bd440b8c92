"""Who plays in which game, and the tools that share one game's events among its players."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ff_analytics.domains.fantasy.sources.sample.generator.curves import Floats
from ff_analytics.domains.fantasy.sources.sample.generator.people import GROUPS

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Stats = dict[str, npt.NDArray[Any]]

CODES = {name: code for code, name in enumerate(GROUPS)}


@dataclass(frozen=True)
class Rows:
    """Players of many games, sorted by side: side s plays side (s + sides/2) mod sides."""

    frame: pl.DataFrame
    sides: int

    @cached_property
    def side(self) -> Ints:
        return self.frame["side"].to_numpy()

    @cached_property
    def talent(self) -> Floats:
        return self.frame["talent"].to_numpy()

    @cached_property
    def style(self) -> Floats:
        return self.frame["style"].to_numpy()

    @cached_property
    def group(self) -> Ints:
        return self.frame["code"].to_numpy()

    def of(self, *groups: str) -> Flags:
        """Rows of players of these groups."""
        return np.isin(self.group, [CODES[name] for name in groups])

    def lookup(self, values: dict[str, float], default: float = 0.0) -> Floats:
        """A value per row by its group."""
        return np.array([values.get(name, default) for name in CODES])[self.group]

    def total(self, values: npt.NDArray[Any]) -> Floats:
        """Sum per side."""
        sums = np.bincount(self.side, weights=values, minlength=self.sides)
        return sums.astype(np.float64)

    def counts(self, values: npt.NDArray[Any]) -> Ints:
        """Sum per side of whole numbers."""
        return np.rint(self.total(values)).astype(np.int64)

    def opponents(self, per_side: Ints) -> Ints:
        """Each side's value becomes that of its opponent."""
        return np.roll(per_side, self.sides // 2)

    def allocate(self, rng: np.random.Generator, events: Ints, weights: Floats) -> Ints:
        """Give each of a side's events to one of its rows, by weight. Nothing is lost."""
        owner = np.repeat(np.arange(self.sides), events)
        upper = np.cumsum(weights)
        first = np.searchsorted(self.side, np.arange(self.sides))
        last = np.searchsorted(self.side, np.arange(self.sides), side="right") - 1
        start = upper[first] - weights[first]
        point = start[owner] + rng.random(len(owner)) * (upper[last] - start)[owner]
        return np.bincount(
            np.searchsorted(upper, point, side="right"), minlength=len(weights)
        ).astype(np.int64)


def _sides(games: pl.DataFrame) -> pl.DataFrame:
    shared = ["season", "week", "game_type"]
    home = games.select(*shared, team="home", opponent_team="away")
    away = games.select(*shared, team="away", opponent_team="home")
    return pl.concat([home, away]).with_columns(side=pl.int_range(pl.len()))


def lineup(games: pl.DataFrame, seats: pl.DataFrame) -> Rows:
    """All fit players, with one quarterback per team: the best one, or else the spare."""
    sides = _sides(games)
    fit = ~pl.col("week").is_between("out_from", "out_to")
    called = pl.when(fit).then(pl.col("depth")).otherwise(pl.col("depth") + 100)
    quarterback = pl.col("group") == "QB"
    by_position = ["side", "group"]
    everyone = (
        sides.join(seats, on=["season", "team"])
        .with_columns(
            whole=pl.col("talent").sum().over(by_position),
            first=called == called.min().over(by_position),
            code=pl.col("group").replace_strict(CODES, return_dtype=pl.Int64),
        )
        .filter(pl.when(quarterback).then("first").otherwise(fit))
        .with_columns(covers=pl.col("whole") / pl.col("talent").sum().over(by_position))
    )
    return Rows(everyone.sort("side", "code", "depth"), sides.height)
