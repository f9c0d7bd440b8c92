"""Measures of one position, horizon and season: how far forecasts were from what came."""

from typing import NamedTuple

import numpy as np

from ff_analytics.domains.fantasy.projection.data.pool import Pool
from ff_analytics.domains.fantasy.projection.data.settings import SCORED_GAMES
from ff_analytics.domains.fantasy.projection.data.table import Flags, Floats
from ff_analytics.domains.fantasy.projection.model.walk_forward import Step, outcome


class Measured(NamedTuple):
    """A measure's value and how many players it is over."""

    measure: str
    value: float
    players: int


def ranked(values: Floats) -> Floats:
    """Ranks from 1, ties sharing their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place])


def spearman(left: Floats, right: Floats) -> float:
    """Correlation of ranks (C. Spearman, 1904); nan where one side does not vary."""
    a, b = ranked(left), ranked(right)
    if len(a) < 3 or a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def cell(step: Step, later: Pool, h: int) -> list[Measured]:
    """Measures of a step against what a pool that knows more says of `h` seasons on.

    Points per game are scored for those of the pool with 6 games and more that season, so that a
    hurt player does not count as a bad forecast of his play; season totals for all players, 0 for
    who is gone. WAPE is the sum of errors over the sum of points.
    """
    truth, games = outcome(step, later, h)
    asked = step.pool.inside[step.rows]
    counts = asked & (games >= SCORED_GAMES)
    if counts.sum() < 3:
        return []
    forecast, actual = step.forecast.points[step.rows][counts, h - 1], truth[counts]
    error = forecast - actual
    held = (step.low[counts, h - 1] <= actual) & (actual <= step.high[counts, h - 1])
    n = int(counts.sum())
    found = {
        "mae": np.abs(error).mean(),
        "spearman": spearman(forecast, actual),
        "r2": 1 - (error**2).sum() / max(((actual - actual.mean()) ** 2).sum(), 1e-9),
        "wape": np.abs(error).sum() / max(np.abs(actual).sum(), 1e-9),
        "bias": error.mean(),
        "coverage": held.mean(),
    }
    return [Measured(name, float(value), n) for name, value in found.items()]


def against_rank(step: Step, later: Pool) -> tuple[Flags, Floats, Floats]:
    """Players of the step that the market ranked and who count next season: which of its rows,
    forecast and actual points per game."""
    truth, games = outcome(step, later, 1)
    asked = step.pool.inside[step.rows] & (games >= SCORED_GAMES)
    ranked = asked & ~np.isnan(step.pool.ranked[step.rows])
    return ranked, step.forecast.points[step.rows][ranked, 0], truth[ranked]


def ranked_cell(step: Step, later: Pool) -> list[Measured]:
    """Measures of the next season of those alone who have a pre-season ranking.

    `ranked_share` is how many of those asked about have one.
    """
    which, forecast, actual = against_rank(step, later)
    if which.sum() < 3:
        return []
    held = (step.low[which, 0] <= actual) & (actual <= step.high[which, 0])
    asked = step.pool.inside[step.rows] & (outcome(step, later, 1)[1] >= SCORED_GAMES)
    n = int(which.sum())
    found = {
        "ranked_mae": np.abs(forecast - actual).mean(),
        "ranked_spearman": spearman(forecast, actual),
        "ranked_bias": (forecast - actual).mean(),
        "ranked_coverage": held.mean(),
        "ranked_share": n / int(asked.sum()),
    }
    return [Measured(name, float(value), n) for name, value in found.items()]


def paired_t(first: Floats, second: Floats) -> float:
    """t of the mean difference of two errors of the same players (Student 1908); nan for few."""
    difference = first - second
    if len(difference) < 3 or difference.std() == 0:
        return float("nan")
    return float(difference.mean() / (difference.std(ddof=1) / np.sqrt(len(difference))))


def total_cell(step: Step, later: Pool, share: Floats, h: int) -> list[Measured]:
    """Season totals of the requested players: points per game times the expected games."""
    truth, games = outcome(step, later, h)
    asked = step.pool.inside[step.rows]
    full = step.pool.table.full[step.pool.rows[step.rows]][asked]
    forecast = step.forecast.points[step.rows][asked, h - 1] * share[asked, h - 1] * full
    actual = (truth * games)[asked]
    n = int(asked.sum())
    return [
        Measured("total_mae", float(np.abs(forecast - actual).mean()), n),
        Measured("total_spearman", spearman(forecast, actual), n),
    ]
