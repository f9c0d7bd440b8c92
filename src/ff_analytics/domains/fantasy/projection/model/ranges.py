"""Ranges from past errors: what share of the truth fell how far from such a forecast."""

import numpy as np

from ff_analytics.domains.fantasy.projection.data.table import Floats

# One season in ten below p10 and one above p90: an interval of 80 %.
MISSES = 0.2
# How fast the level learns from a season's misses. Of 0 to 0.3 tried, from 0.1 on all positions
# and horizons of 2005-2019 come within three points of 80 %.
LEARNING = 0.2
_LEVELS = (0.02, 0.5)
_ENOUGH = 20


def spread(points: Floats, residual: Floats) -> tuple[float, float]:
    """Size of an error as a line of the forecast: level and slope, neither negative."""
    size = np.abs(residual)
    variance = float(np.var(points))
    slope = float(np.mean((points - points.mean()) * size) / variance) if variance > 0 else 0.0
    slope = max(slope, 0.0)
    level = float(size.mean() - slope * points.mean())
    if level < 0:
        return 0.0, float(size.mean() / max(points.mean(), 1e-9))
    return level, slope


def conformal(values: Floats, shares: tuple[float, ...]) -> Floats:
    """Quantiles of past values for the next one: outward by what n of them cannot show.

    The rank is share * (n + 1) (V. Vovk, A. Gammerman, G. Shafer, "Algorithmic Learning in a
    Random World", 2005), interpolated.
    """
    n = len(values)
    places = np.clip(np.array(shares) * (n + 1) - 1, 0, n - 1)
    return np.asarray(np.interp(places, np.arange(n), np.sort(values)))


def learned(level: float, missed: float) -> float:
    """Level of the next season's ranges after one in which the share `missed` fell outside.

    I. Gibbs, E. Candes, "Adaptive Conformal Inference Under Distribution Shift" (2021): where
    the game has become less predictable than its history, ranges widen until they hold again.
    """
    return float(np.clip(level + LEARNING * (MISSES - missed), *_LEVELS))


def ranges(points: Floats, past: Floats, residual: Floats, level: float = MISSES) -> Floats:
    """Rows x (p10, p50, p90) of `points`, from past forecasts and their errors (nan: unknown).

    `level` is the share of past errors left outside. Errors are divided by the size usual for
    such a forecast before their quantiles are taken, so that a star's range is wider than a
    reserve's. With fewer than 20 errors the forecast itself stands in: half of it either way.
    """
    known = ~np.isnan(residual)
    past, residual = past[known], residual[known]
    if len(residual) < _ENOUGH:
        half = np.abs(points) * 0.5
        return np.column_stack([points - half, points, points + half])
    base, slope = spread(past, residual)
    scaled = residual / np.maximum(base + slope * past, 1e-9)
    found = conformal(scaled, (level / 2, 0.5, 1 - level / 2))
    # Below the forecasts seen so far the line would go to nothing.
    width = np.maximum(base + slope * np.maximum(points, past.min()), 1e-9)
    return np.asarray(points[:, None] + width[:, None] * found)
