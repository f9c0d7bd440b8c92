"""How much of a season a player plays: tables of what became of players like him."""

from typing import NamedTuple

import numpy as np

from ff_analytics.domains.fantasy.projection.data.pool import Pool
from ff_analytics.domains.fantasy.projection.data.settings import HORIZON
from ff_analytics.domains.fantasy.projection.data.table import Floats, Ints

# Edges of ranks at the position (the last is the waiver wire), of ages, of games last season.
RANKS = (1, 13, 25, 37, 73, 121)
AGES = (24, 27, 30, 33)
SHARES = (0.01, 0.5, 0.85)
# Players at which a cell counts as much as the table around it.
_EFFECT, _CELL = 20.0, 60.0


class Availability(NamedTuple):
    """Rows x horizons: expected share of the season's games, and chance of at least one."""

    share: Floats
    survival: Floats


def _effect(cell: Ints, number: int, residual: Floats, known: Ints, prior: float) -> Floats:
    """Mean residual by cell, drawn to 0 by `prior` rows; by row."""
    total = np.bincount(cell[known], residual[known], number)
    count = np.bincount(cell[known], minlength=number)
    return np.asarray((total / (count + prior))[cell])


def _expected(outcome: Floats, cells: list[tuple[Ints, int, float]], known: Ints) -> Floats:
    """Sum of effects, each table of what the ones before left over; 0..1."""
    level = float(outcome[known].mean()) if len(known) else 0.5
    found = np.full(len(outcome), level)
    for cell, number, prior in cells:
        found = found + _effect(cell, number, outcome - found, known, prior)
    return np.asarray(np.clip(found, 0.0, 1.0))


def availability(pool: Pool) -> Availability:
    """Share of games and survival, one to five seasons on, from the pool's own past.

    A mortality table (A. Harstad, Footballguys, "players stay productive until they do not"):
    by rank, age, games of the last season, and rank with age. Whoever vanished counts as 0.
    """
    rank = np.searchsorted(RANKS, pool.rank, side="right").astype(np.int64)
    age = np.searchsorted(AGES, pool.age, side="right").astype(np.int64)
    played = pool.games / pool.table.full[pool.rows]
    games = np.searchsorted(SHARES, played, side="right").astype(np.int64)
    ages, ranks = len(AGES) + 1, len(RANKS) + 1
    # An absent player has no rank of that season.
    rank = np.where(pool.games > 0, rank, 0)
    cells = [
        (rank, ranks, _EFFECT),
        (age, ages, _EFFECT),
        (games, len(SHARES) + 1, _EFFECT),
        (rank * ages + age, ranks * ages, _CELL),
    ]
    shares, survivals = [], []
    for h in range(1, HORIZON + 1):
        after, known = pool.table.after[h - 1][pool.rows], pool.target(h)[2]
        rows = np.flatnonzero(known)
        full = pool.table.full[np.maximum(after, 0)]
        share = np.minimum(pool.target(h)[1] / full, 1.0)
        shares.append(_expected(share, cells, rows))
        survivals.append(_expected((share > 0).astype(np.float64), cells, rows))
    share, survival = np.stack(shares, axis=1), np.stack(survivals, axis=1)
    return Availability(share, np.maximum(share, survival))
