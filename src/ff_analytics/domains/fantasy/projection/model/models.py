"""The ladder of methods behind one function: a pool in, its forecasts by horizon out."""

from functools import partial

import numpy as np

from ff_analytics.domains.fantasy.projection.data.pool import Pool
from ff_analytics.domains.fantasy.projection.data.settings import (
    HORIZON,
    PLAIN_REGRESSION,
    PLAIN_WEIGHTS,
    Model,
)
from ff_analytics.domains.fantasy.projection.data.table import Flags, Floats, Ints
from ff_analytics.domains.fantasy.projection.model.features import CURVE, RIDGE, Design
from ff_analytics.domains.fantasy.projection.model.fit import robust_ridge
from ff_analytics.domains.fantasy.projection.model.forecasts import Forecast
from ff_analytics.domains.fantasy.projection.model.market import rankings_alone, with_market

# Fewer training rows say nothing that the shorter horizon does not say better.
_ENOUGH = 30
_AGE_FACTORS = (0.2, 3.0)
# Usage in five games moves a season's forecast by a fifth at most.
_TREND_FACTORS = (0.8, 1.2)


def _ratio(value: Floats, base: Floats, limits: tuple[float, float]) -> Floats:
    """value / base within limits; 1 where a ratio has no meaning."""
    meant = (base > 0.1) & (value > 0)
    return np.where(meant, np.clip(value / np.where(meant, base, 1), *limits), 1.0)


def _plain(pool: Pool, points: Floats, data_share: Floats) -> Forecast:
    """A forecast that is fitted on nothing."""
    residual = np.full(points.shape, np.nan)
    for h in range(1, HORIZON + 1):
        rows = pool.scored(h) & pool.trains
        residual[rows, h - 1] = (pool.target(h)[0] - points[:, h - 1])[rows]
    ones = np.ones((int(pool.last.sum()), HORIZON))
    none = np.zeros(len(points), dtype=np.bool_)
    return Forecast(points, residual, data_share, lambda: (ones, ones), none)


def _last_season(pool: Pool) -> Forecast:
    points = np.repeat(pool.ppg[:, None], HORIZON, axis=1)
    return _plain(pool, points, np.ones(len(points)))


def _marcel(pool: Pool, *, tuned: bool) -> Forecast:
    weights = pool.constants.weights if tuned else PLAIN_WEIGHTS
    found = []
    for h in range(HORIZON):
        regression = pool.constants.regression[min(h, 2)] if tuned else PLAIN_REGRESSION
        found.append(pool.marcel(weights, regression))
    return _plain(pool, np.stack([points for points, _ in found], axis=1), found[0][1])


def _chained(pool: Pool, names: tuple[str, ...], penalty: float) -> Forecast:
    """Each horizon corrects the one before, as that one sees the player a year older.

    Far horizons have few past seasons to learn from; so they start from what the near ones
    know, and the first starts from tuned Marcel.
    """
    constants = pool.constants
    mean, data_share = pool.marcel(constants.weights, constants.regression[0])
    rows = np.flatnonzero(pool.trains | pool.last)
    design = Design(pool, mean, names, rows)
    at = [design.at(years) for years in range(HORIZON)]
    points, residual = (np.full((len(mean), HORIZON), np.nan) for _ in range(2))
    found: list[Floats] = []
    for h in range(1, HORIZON + 1):
        # What the k-th horizon knows is asked for a player h - k years older.
        start = mean[rows] + sum(at[h - k] @ c for k, c in enumerate(found, 1))
        trains = (pool.scored(h) & pool.trains)[rows]
        actual = pool.target(h)[0][rows]
        correction = np.zeros(len(names) + 1)
        if trains.sum() >= _ENOUGH:
            fitted = robust_ridge(at[0][trains], (actual - start)[trains], penalty)
            correction, residual[rows[trains], h - 1] = fitted
        found.append(correction)
        points[rows, h - 1] = _held(start + at[0] @ correction, mean[rows], pool.trains[rows])
    factors = partial(_factors, pool, mean, design, rows, found)
    none = np.zeros(len(mean), dtype=np.bool_)
    return Forecast(points, residual, data_share, factors, none)


def _held(points: Floats, mean: Floats, trains: Flags) -> Floats:
    """Forecasts of players unlike those of the fit stay within half of their regressed mean."""
    half = np.abs(mean) * 0.5
    return np.where(trains, points, np.clip(points, mean - half, mean + half))


def _factors(
    pool: Pool, mean: Floats, design: Design, rows: Ints, corrections: list[Floats]
) -> tuple[Floats, Floats]:
    """Forecasts of the last season's rows over those without age, and without trend."""
    last = pool.last[rows]
    own = mean[rows][last]
    at = [design.at(years, last) for years in range(HORIZON)]
    steady = [design.without_trend(years, last) for years in range(HORIZON)]
    same = [design.without_age(last)] * HORIZON

    def points(matrices: list[Floats], h: int) -> Floats:
        return own + sum(matrices[h - k] @ c for k, c in enumerate(corrections[:h], 1))

    horizons = range(1, HORIZON + 1)
    age = [_ratio(points(at, h), points(same, h), _AGE_FACTORS) for h in horizons]
    trend = [_ratio(points(at, h), points(steady, h), _TREND_FACTORS) for h in horizons]
    return np.stack(age, axis=1), np.stack(trend, axis=1)


def without_rank(model: Model) -> Model:
    """The rung that stands in where there is no ranking."""
    return Model.RIDGE if model in (Model.MARKET, Model.RANKINGS) else model


def forecast(pool: Pool, model: Model) -> Forecast:
    """Points per game of every row of the pool, one to five seasons on.

    Fitted on the pool's own seasons alone, so a pool cut off at a season knows nothing after it.
    Where a position has no penalty (too little history) the fitted rungs are tuned Marcel.
    """
    penalty = pool.constants.penalty
    if model is Model.LAST_SEASON:
        return _last_season(pool)
    if model is Model.MARCEL:
        return _marcel(pool, tuned=False)
    if model is Model.TUNED_MARCEL or penalty is None:
        return _marcel(pool, tuned=True)
    history = _chained(pool, CURVE if model is Model.AGE_CURVE else RIDGE, penalty)
    if model is Model.MARKET:
        return with_market(pool, history)
    return rankings_alone(pool, history) if model is Model.RANKINGS else history
