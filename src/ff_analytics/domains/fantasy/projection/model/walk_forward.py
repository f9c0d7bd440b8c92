"""Season by season through the past, as if each were the present: for ranges and back-test."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ff_analytics.domains.fantasy.projection.data.pool import Pool, take
from ff_analytics.domains.fantasy.projection.data.settings import (
    HORIZON,
    SCORED_GAMES,
    SKILL,
    Model,
)
from ff_analytics.domains.fantasy.projection.data.table import Floats, Ints, Table
from ff_analytics.domains.fantasy.projection.model.forecasts import Forecast
from ff_analytics.domains.fantasy.projection.model.models import forecast
from ff_analytics.domains.fantasy.projection.model.ranges import MISSES, learned, ranges

# The scoring that levels are learned in, so that a league's ranges do not depend on which other
# leagues are projected in the same run.
PPR: Mapping[str, float] = {
    "passing_yards": 0.04,
    "passing_tds": 4,
    "passing_interceptions": -2,
    "passing_2pt_conversions": 2,
    "rushing_yards": 0.1,
    "rushing_tds": 6,
    "rushing_2pt_conversions": 2,
    "receptions": 1,
    "receiving_yards": 0.1,
    "receiving_tds": 6,
    "receiving_2pt_conversions": 2,
    "fumbles_lost": -2,
    "special_teams_tds": 6,
}
# A usual scoring of every position: who will play is no matter of a league's own points.
USUAL: Mapping[str, float] = {
    **PPR,
    "fg_made_0_39": 3,
    "fg_made_40_49": 4,
    "fg_made_50_plus": 5,
    "pat_made": 1,
    "def_tackles_solo": 1,
    "def_tackle_assists": 0.5,
    "def_sacks": 2,
    "def_interceptions": 3,
    "def_pass_defended": 1,
    "def_fumbles_forced": 2,
    "dst_sacks": 1,
    "dst_interceptions": 2,
    "dst_fumble_recoveries": 2,
}
Levels = dict[tuple[str, int], float]


@dataclass(frozen=True)
class Step:
    """What was forecast of one position at the end of season `base`.

    `rows`: rows of the pool in that season; arrays below are of these rows x horizons.
    """

    base: int
    pool: Pool
    rows: Ints
    forecast: Forecast
    low: Floats
    middle: Floats
    high: Floats


class WalkForward:
    """Forecasts season after season; ranges learn from those that have come true since."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.levels: Levels = {}
        self._open: list[Step] = []

    def step(self, pool: Pool) -> Step:
        """Forecast from the pool's last season. Give the pools in the order of their seasons."""
        base = int(pool.season.max())
        self._open = [s for s in self._open if s.base >= base - HORIZON]
        for before in self._open:
            if before.pool.name == pool.name:
                self._learn(before, pool, base - before.base)
        made = step_of(pool, self.model, self.levels)
        self._open.append(made)
        return made

    def _learn(self, before: Step, later: Pool, h: int) -> None:
        truth, games = outcome(before, later, h)
        counts = before.pool.inside[before.rows] & (games >= SCORED_GAMES)
        if counts.any():
            held = (before.low[:, h - 1] <= truth) & (truth <= before.high[:, h - 1])
            key = (later.name, h)
            missed = 1 - float(held[counts].mean())
            self.levels[key] = learned(self.levels.get(key, MISSES), missed)


def step_of(pool: Pool, model: Model, levels: Levels) -> Step:
    """Forecast and ranges of the players of the pool's last season."""
    found = forecast(pool, model)
    rows = np.flatnonzero(pool.last)
    columns = [
        _ranges(pool, found, rows, h, levels.get((pool.name, h + 1), MISSES))
        for h in range(HORIZON)
    ]
    low, middle, high = (np.stack([c[:, q] for c in columns], axis=1) for q in range(3))
    return Step(int(pool.season.max()), pool, rows, found, low, middle, high)


def _ranges(pool: Pool, found: Forecast, rows: Ints, h: int, level: float) -> Floats:
    """Ranges of the rows; those with a rank and those without learn from their like."""
    ranked = found.ranked if h == 0 else np.zeros_like(found.ranked)
    made = np.empty((len(rows), 3))
    for kind in (False, True):
        mine, past = ranked[rows] == kind, pool.inside & (kind | ~ranked)
        if mine.any():
            # Seasons before the first rankings are more and teach the shape of errors.
            size = np.where(ranked, 1.0, found.scale if kind else 1.0)[past]
            points, residual = found.points[past, h], found.residual[past, h] * size
            made[mine] = ranges(found.points[rows[mine], h], points, residual, level)
    return made


def outcome(step: Step, later: Pool, h: int) -> tuple[Floats, Floats]:
    """Points per game and games of the step's players `h` seasons on, 0 for who is gone."""
    player = step.pool.table.player[step.pool.rows[step.rows]]
    found = later.table.find(player, step.base + h)
    return take(later.all_ppg, found), take(later.table.games, found)


def walk_forward(
    table: Table,
    rules: Mapping[str, float],
    walker: WalkForward,
    positions: tuple[str, ...] = SKILL,
) -> Iterator[dict[str, Step]]:
    """One step by position for each season of the table that has one before it.

    Each step is made from a copy of the table that ends with its season.
    """
    table = table.only(positions)
    for base in table.seasons[1:]:
        known = table.until(int(base))
        points = known.points(rules)
        pools = (Pool.of(known, name, points) for name in positions)
        yield {pool.name: walker.step(pool) for pool in pools if (pool.season == base).any()}


def learned_levels(table: Table, model: Model) -> Levels:
    """Levels of the ranges after all seasons of the table but the last."""
    walker = WalkForward(model)
    for _ in walk_forward(table, PPR, walker):
        pass
    return walker.levels
