"""One-dimensional Gaussian mixture by expectation maximisation, for tiers."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_TIERS = 12
_ITERATIONS = 100
_STARTS = 4
_SMALLEST_SD = 0.02
# Smaller tiers on average would follow the noise of a short list.
PLAYERS_PER_TIER = 3
# Larger models than three that did not help are not tried: BIC has turned by then.
_PATIENCE = 3


def _log_density(x: Floats, means: Floats, sd: Floats, shares: Floats) -> Floats:
    """Log of share times density, starts x players x tiers."""
    scaled = (x[:, None] - means[:, None, :]) / sd[:, None, None]
    constant = np.log(shares) - np.log(sd)[:, None] - 0.5 * np.log(2 * np.pi)
    return np.asarray(constant[:, None, :] - 0.5 * scaled**2)


def _fit(x: Floats, means: Floats) -> tuple[float, Floats]:
    """Best log likelihood of several starts, and its log densities (players x tiers).

    `means`: starts x tiers; all starts iterate together, which costs one array operation
    instead of one per start. Tiers come out by falling mean.
    """
    starts, tiers = means.shape
    sd = np.full(starts, max(1 / tiers, _SMALLEST_SD))
    shares = np.full((starts, tiers), 1 / tiers)
    total = np.full(starts, -np.inf)
    for _ in range(_ITERATIONS):
        density = _log_density(x, means, sd, shares)
        top = density.max(axis=2, keepdims=True)
        weight = np.exp(density - top)
        norm = weight.sum(axis=2, keepdims=True)
        last, total = total, (top + np.log(norm)).sum(axis=(1, 2))
        if (total - last < 1e-6 * len(x)).all():
            break
        weight /= norm
        mass = weight.sum(axis=1) + 1e-12
        means = np.einsum("snt,n->st", weight, x) / mass
        squares = (weight * (x[:, None] - means[:, None, :]) ** 2).sum(axis=(1, 2))
        sd = np.maximum(np.sqrt(squares / len(x)), _SMALLEST_SD)
        shares = mass / mass.sum(axis=1, keepdims=True)
    best = int(total.argmax())
    return float(total[best]), density[best][:, np.argsort(-means[best])]


def mixture_tiers(points: Floats, seed: int) -> NDArray[np.int64]:
    """Tier of each player, from 0, by a Gaussian mixture with 2 to 12 components.

    `points`: one position, best first. The number of components minimises BIC; all share one
    variance, so that each tier is an interval of points and contiguous in rank. Starting
    points are quantiles and seeded draws from the sorted, standardised points: the result
    depends neither on row order nor on the unit of points. Fewer than 6 players or no
    spread: one tier. After B. Chen (borischen.co), who clusters expert ranks this way.
    """
    labels = np.zeros(len(points), dtype=np.int64)
    spread = points.std() if len(points) else 0.0
    if len(points) < 2 * PLAYERS_PER_TIER or spread == 0:
        return labels
    x = np.round((points - points.mean()) / spread, 9)
    distinct = np.unique(x)
    random = np.random.default_rng(seed)
    best, misses = np.inf, 0
    for tiers in range(2, min(MOST_TIERS, len(distinct), len(points) // PLAYERS_PER_TIER) + 1):
        draws = [random.choice(distinct, tiers, replace=False) for _ in range(_STARTS - 1)]
        quantiles = np.quantile(x, (np.arange(tiers) + 0.5) / tiers)
        total, density = _fit(x, np.array([quantiles, *draws]))
        bic = 2 * tiers * np.log(len(x)) - 2 * total
        if bic < best - 1e-6:
            best, labels, misses = bic, density.argmax(axis=1), 0
        else:
            misses += 1
        if misses == _PATIENCE:
            break
    return labels
