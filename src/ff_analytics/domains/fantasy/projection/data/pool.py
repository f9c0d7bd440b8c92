"""One position in one league's scoring: ranks, means and the columns that forecasts read."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ff_analytics.domains.fantasy.projection.data.settings import (
    POSITIONS,
    SCORED_GAMES,
    TRAINING_POOL,
    Position,
)
from ff_analytics.domains.fantasy.projection.data.table import Flags, Floats, Ints, Table

# Middle of a career in the pool: the age that an unknown one is taken for.
_MIDDLE_AGE = 26.0
_FEW_GAMES = 20.0


def per_game(total: Floats, games: Floats) -> Floats:
    """Mean per game; 0 without a game."""
    return np.asarray(total / np.maximum(games, 1) * (games > 0))


def take(values: Floats, rows: Ints, otherwise: float = 0.0) -> Floats:
    """`values` at `rows`; `otherwise` where there is no row (-1)."""
    return np.asarray(np.where(rows >= 0, values[rows], otherwise))


def ranks(season: Ints, points: Floats) -> Ints:
    """Rank within the season by points, from 1; ties in the order of the rows."""
    order = np.lexsort((-points, season))
    start = np.searchsorted(season[order], season[order], side="left")
    rank = np.empty(len(season), dtype=np.int64)
    rank[order] = np.arange(len(season)) - start + 1
    return rank


@dataclass(frozen=True)
class Pool:
    """Rows of `table` at one position; arrays are of these rows.

    `ppg` is per game of the row's season, `history` per game of the three seasons up to it with
    `history_games`; at whatever position he played them.
    """

    name: str
    table: Table
    all_ppg: Floats
    rows: Ints
    points: Floats
    rank: Ints

    @classmethod
    def of(cls, table: Table, name: str, all_points: Floats) -> "Pool":
        rows = table.rows_at.get(name, np.empty(0, dtype=np.int64))
        points = all_points[rows]
        ppg = per_game(all_points, table.games)
        return cls(name, table, ppg, rows, points, ranks(table.season[rows], points))

    @property
    def constants(self) -> Position:
        return POSITIONS[self.name]

    @cached_property
    def season(self) -> Ints:
        return self.table.season[self.rows]

    @cached_property
    def games(self) -> Floats:
        return self.table.games[self.rows]

    @cached_property
    def ppg(self) -> Floats:
        return self.all_ppg[self.rows]

    @cached_property
    def ranked(self) -> Floats:
        """Rank before the season after the row's; nan without one."""
        return self.table.ranked[self.rows]

    @cached_property
    def history(self) -> tuple[list[Floats], list[Floats]]:
        """Points per game and games of this season, the one before, and the one before that."""
        back = [self.rows, *(self.table.before[k][self.rows] for k in (0, 1))]
        return [take(self.all_ppg, r) for r in back], [take(self.table.games, r) for r in back]

    @cached_property
    def inside(self) -> Flags:
        """Among the best of his season: whom a back-test asks about."""
        return np.asarray((self.rank <= self.constants.pool) & (self.games > 0))

    @cached_property
    def last(self) -> Flags:
        """Rows of the last season: whom a forecast is wanted for."""
        return np.asarray(self.season == self.season.max(initial=0))

    @cached_property
    def trains(self) -> Flags:
        return np.asarray((self.rank <= self.constants.pool * TRAINING_POOL) & (self.games > 0))

    @cached_property
    def band_mean(self) -> Floats:
        """Points per game of players of that rank in that season: what a record regresses to.

        Bands: the training pool (with the mean of the pool), as many again, and the rest.
        """
        size = self.constants.pool * TRAINING_POOL
        band = np.minimum(((self.rank - 1) // size).astype(np.int64), 2)
        years = self.season - self.season.min() if len(self.season) else self.season
        cell = years * 3 + band
        counts = np.where(band == 0, self.inside, True)
        points = np.bincount(cell, self.ppg * self.games * counts)
        games = np.bincount(cell, self.games * counts)
        # A band of a handful of games is held to be worth nothing, not what they happened to be.
        few = np.where(np.arange(len(games)) % 3 == 0, 1e-9, _FEW_GAMES)
        return np.asarray((points / (games + few))[cell])

    @cached_property
    def age(self) -> Floats:
        """Age, the usual one of that many years in the league where it is unknown."""
        age, years = self.table.age[self.rows], self.table.experience[self.rows]
        known = ~np.isnan(age)
        if known.all():
            return age
        entry = np.median((age - years)[known]) if known.any() else _MIDDLE_AGE - 3
        return np.where(known, age, entry + years)

    @cached_property
    def _targets(self) -> list[tuple[Floats, Floats, Flags]]:
        found = []
        for after, known in zip(self.table.after, self.table.known, strict=True):
            rows = after[self.rows]
            found.append((take(self.all_ppg, rows), take(self.table.games, rows), known[self.rows]))
        return found

    def target(self, h: int) -> tuple[Floats, Floats, Flags]:
        """Points per game and games `h` seasons on, and whether that season is in the data."""
        return self._targets[h - 1]

    def scored(self, h: int) -> Flags:
        """Rows with a target that counts: enough games `h` seasons on."""
        return np.asarray(self.target(h)[1] >= SCORED_GAMES)

    def marcel(self, weights: tuple[float, ...], regression: float) -> tuple[Floats, Floats]:
        """Weighted mean of three seasons regressed to the band's mean, and the share of data.

        (sum w g ppg + R * mean) / (sum w g + R): T. Tango, "Marcel the Monkey Forecasting
        System" (2003), in games instead of plate appearances.
        """
        ppg, games = self.history
        weight = sum(w * g for w, g in zip(weights, games, strict=True))
        own = sum(w * g * p for w, g, p in zip(weights, games, ppg, strict=True))
        return (own + regression * self.band_mean) / (weight + regression), np.asarray(
            weight / (weight + regression)
        )
