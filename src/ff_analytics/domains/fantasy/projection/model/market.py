"""What the market adds one year ahead: the rank before the season beside the record."""

from dataclasses import replace

import numpy as np

from ff_analytics.domains.fantasy.projection.data.pool import Pool
from ff_analytics.domains.fantasy.projection.data.table import Flags, Floats, Ints
from ff_analytics.domains.fantasy.projection.model.fit import robust_ridge
from ff_analytics.domains.fantasy.projection.model.forecasts import Forecast

# Ranked seasons of players at a position before its curve is fitted: a season of quarterbacks.
_ENOUGH = 30
_PENALTY = 1.0
# Between the first ranks less is lost than a logarithm says.
_OFFSET = 4.0
# Seasons in which a level is noticed to have moved, and the square of the smallest t that counts.
_RECENT = 5
_NOTICED = 2.0
# Players at which what ranked seasons show of later years, and of the size of errors, counts half.
_HALF = 100.0


def _examples(pool: Pool, base: Forecast) -> Flags:
    """Rows with a rank whose next season is known and counts."""
    known = ~np.isnan(pool.ranked) & ~np.isnan(base.residual[:, 0])
    return np.asarray(known & pool.inside & pool.scored(1))


def _columns(rank: Floats, own: Floats) -> Floats:
    return np.column_stack([np.log(rank + _OFFSET), np.sqrt(rank), own])


def drift(residual: Floats, season: Ints) -> float:
    """How far the level of the last five seasons lies from that of those before.

    Shrunk by its own noise (W. James, C. Stein 1961, positive part): of what a few dozen players
    scatter nothing is left, of a level that has moved nearly all.
    """
    recent = season > season.max() - _RECENT
    if recent.sum() < _ENOUGH or (~recent).sum() < _ENOUGH:
        return 0.0
    now, then = residual[recent], residual[~recent]
    moved = float(now.mean() - then.mean())
    noise = float(now.var() / len(now) + then.var() / len(then))
    return moved * max(0.0, 1 - _NOTICED * noise / max(moved**2, 1e-9))


def _scale(base: Forecast, residual: Floats, examples: Flags) -> float:
    """Size of the errors with the rank over that without it."""
    before, after = (np.abs(r[examples, 0]).mean() for r in (base.residual, residual))
    known = float(examples.sum())
    return float((known * after / max(before, 1e-9) + _HALF) / (known + _HALF))


def _carry(points: Floats, residual: Floats, step: Floats, wanted: Flags) -> None:
    """Let later horizons follow the first, as far as they did in the past; in place.

    `step` is what the rank changed of the next season. The share of it is a ridge through the
    origin, of the errors that the horizon made without it.
    """
    for h in range(1, points.shape[1]):
        known = wanted & ~np.isnan(residual[:, h]) & ~np.isnan(residual[:, 0])
        if known.sum() < _ENOUGH:
            continue
        moved, missed = step[known], residual[known, h]
        share = float(moved @ missed) / float(moved @ moved * (1 + _HALF / known.sum()) + 1e-9)
        share = float(np.clip(share, 0.0, 1.0))
        points[wanted, h] += share * step[wanted]
        residual[known, h] -= share * step[known]


def with_market(pool: Pool, base: Forecast) -> Forecast:
    """`base` corrected by the rank before the next season, where there is one.

    The correction is a robust fit on the ranked seasons of the past: of the points that came
    on rank and on what `base` foretold without knowing them. Without enough ranked seasons `base`
    is returned as it is; so is every row without a rank.
    """
    ranked, examples = ~np.isnan(pool.ranked), _examples(pool, base)
    wanted = ranked & (pool.last | examples)
    if examples.sum() < _ENOUGH or not wanted.any():
        return base
    actual = pool.target(1)[0]
    own = np.where(examples, actual - base.residual[:, 0], base.points[:, 0])
    raw = _columns(np.where(ranked, pool.ranked, 1.0), own)
    centre, spread = raw[examples].mean(axis=0), raw[examples].std(axis=0) + 1e-9
    matrix = np.column_stack([np.ones(len(own)), (raw - centre) / spread])
    fitted = robust_ridge(matrix[examples], (actual - own)[examples], _PENALTY)
    moved = drift(fitted.residual, pool.season[examples])
    points, residual = base.points.copy(), base.residual.copy()
    points[wanted, 0] = (own + matrix @ fitted.coefficients + moved)[wanted]
    residual[examples, 0] = fitted.residual - moved
    step = np.where(examples, base.residual[:, 0] - residual[:, 0], points[:, 0] - own)
    _carry(points, residual, step, wanted)
    return replace(
        base,
        points=points,
        residual=residual,
        ranked=wanted,
        scale=_scale(base, residual, examples),
    )


def rankings_alone(pool: Pool, base: Forecast) -> Forecast:
    """The market without us: a line in the logarithm of the rank; `base` for rows without one."""
    ranked, examples = ~np.isnan(pool.ranked), _examples(pool, base)
    wanted = ranked & (pool.last | examples)
    if examples.sum() < _ENOUGH or not wanted.any():
        return base
    line = np.column_stack([np.ones(len(ranked)), np.log(np.where(ranked, pool.ranked, 1.0))])
    actual = pool.target(1)[0]
    found, *_ = np.linalg.lstsq(line[examples], actual[examples], rcond=None)
    points, residual = base.points.copy(), base.residual.copy()
    points[wanted, 0] = (line @ found)[wanted]
    residual[examples, 0] = (actual - line @ found)[examples]
    scale = _scale(base, residual, examples)
    return replace(base, points=points, residual=residual, ranked=wanted, scale=scale)
