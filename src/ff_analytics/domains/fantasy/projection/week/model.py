"""Mean, median and range of a week's points: linear models per position, fitted on past weeks.

The mean is a ridge regression, the median a regression of least absolute deviations (iteratively
reweighted least squares, Schlossmacher 1973). P10 and P90 are the quantiles of the residuals of the
fitted games whose median is nearest, so that a star's range is wider than a reserve's.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.projection.week.features import IMPLIED, PRIOR_GAMES

Floats = np.ndarray[Any, np.dtype[np.float64]]

# Best of a week's ranking that a league of twelve starts, with a bench.
STARTERS = {"QB": 24, "RB": 36, "WR": 48, "TE": 18, "K": 15, "DST": 15}
OTHER_STARTERS = 24
# Positions whose points depend on the opponent beyond their rank.
KNOWN_BY_OPPONENT = ("K", "DST")
# Fewer games than these make no fit: the position's record is used alone.
ENOUGH_GAMES = 150
NEIGHBOURS = 250
_RIDGE, _LAD_RIDGE, _STEPS, _SMALLEST = 5.0, 1.0, 12, 0.7


@dataclass(frozen=True)
class Forecast:
    """Points of one week, one element per player."""

    mean: Floats
    low: Floats
    median: Floats
    high: Floats


def starters(position: str) -> int:
    """Players of the position that count as starters of a week."""
    return STARTERS.get(position, OTHER_STARTERS)


def design(rows: pl.DataFrame, prior: float, *, ranked: bool) -> Floats:
    """Features as a matrix; the own record is drawn to `prior` by `PRIOR_GAMES` games.

    The rank of a skill player knows the opponent already: adding it again costs accuracy.
    """
    known = rows["games"].to_numpy().astype(float)
    weight = known / (known + PRIOR_GAMES)
    injured = rows["report_status"].is_in(["Questionable", "Doubtful"]).fill_null(value=False)
    columns = [
        rows["record"].to_numpy() * weight + prior * (1 - weight),
        rows["implied_points"].fill_null(IMPLIED).to_numpy() - IMPLIED,
        rows["home"].cast(pl.Float64).fill_null(0.5).to_numpy(),
        injured.cast(pl.Float64).to_numpy(),
    ]
    if not ranked or rows["position"][0] in KNOWN_BY_OPPONENT:
        columns.append(rows["allowed"].to_numpy())
    if ranked:
        average = rows["average"].to_numpy().astype(float)
        columns.append(np.log(np.maximum(average, 0.5)))
    else:
        columns.append(rows["recent"].to_numpy() * weight + prior * (1 - weight))
        columns.append(rows["usage"].to_numpy() * weight)
    return np.column_stack(columns)


@dataclass(frozen=True)
class _Fit:
    """Coefficients on standardised features, and what the fitted games left over."""

    centre: Floats
    scale: Floats
    mean: Floats
    median: Floats
    fitted: Floats
    left: Floats

    def forecast(self, x: Floats) -> Forecast:
        rows = _with_one((x - self.centre) / self.scale)
        mean, median = rows @ self.mean, rows @ self.median
        low, high = self._range(median)
        return Forecast(mean, np.minimum(low, median), median, np.maximum(high, median))

    def _range(self, median: Floats) -> tuple[Floats, Floats]:
        count = min(NEIGHBOURS, self.fitted.size)
        first = np.searchsorted(self.fitted, median) - count // 2
        first = np.clip(first, 0, self.fitted.size - count)
        near = self.left[first[:, None] + np.arange(count)]
        low, high = np.quantile(near, (0.1, 0.9), axis=1)
        return median + low, median + high


def _with_one(x: Floats) -> Floats:
    return np.column_stack([np.ones(len(x)), x])


def _solved(left: Floats, rows: Floats, y: Floats, ridge: float) -> Floats:
    """Coefficients of a (weighted) ridge regression whose intercept is not drawn to 0."""
    penalty = ridge * np.eye(rows.shape[1])
    penalty[0, 0] = 0.0
    return np.asarray(np.linalg.solve(left.T @ rows + penalty, left.T @ y), dtype=np.float64)


def fit(x: Floats, y: Floats) -> _Fit:
    """Both regressions on the same games."""
    centre: Floats = np.asarray(x.mean(axis=0), dtype=np.float64)
    scale: Floats = np.asarray(x.std(axis=0), dtype=np.float64)
    scale[scale < 1e-9] = 1.0
    rows = _with_one((x - centre) / scale)
    mean = _solved(rows, rows, y, _RIDGE)
    median = mean
    for _ in range(_STEPS):
        weighted = rows / np.maximum(np.abs(y - rows @ median), _SMALLEST)[:, None]
        median = _solved(weighted, rows, y, _LAD_RIDGE)
    fitted = rows @ median
    order = np.argsort(fitted, kind="stable")
    return _Fit(centre, scale, mean, median, fitted[order], (y - fitted)[order])


def _groups(rows: pl.DataFrame, position: str) -> dict[str, pl.Expr]:
    """Rows that are fitted together: ranked starters, further ranked players, and the others."""
    ranked = pl.col("average").is_not_null()
    if not rows["average"].is_not_null().any():
        return {"history": pl.lit(value=True)}
    starter = ranked & (pl.col("ranking") <= starters(position))
    return {"starters": starter, "ranked": ranked & ~starter, "history": ~ranked}


def project_position(known: pl.DataFrame, asked: pl.DataFrame, position: str) -> pl.DataFrame:
    """`asked` with `points`, `points_p10`, `points_p50`, `points_p90` and `evidence`.

    `known` are earlier games of the position with their features and points.
    """
    parts = []
    everyone = known["points"].to_numpy()
    for name, rule in _groups(pl.concat([known, asked], how="diagonal_relaxed"), position).items():
        rows = asked.filter(rule)
        if rows.is_empty():
            continue
        ranked = name != "history"
        games = known.filter(rule)
        if games.height < ENOUGH_GAMES:
            games = known.filter(pl.col("average").is_not_null()) if ranked else known
        if games.height < ENOUGH_GAMES:
            games, ranked = known, False
        parts.append(_projected(games, rows, everyone, ranked=ranked))
    return pl.concat(parts) if parts else asked.head(0)


def _projected(
    games: pl.DataFrame, rows: pl.DataFrame, everyone: Floats, *, ranked: bool
) -> pl.DataFrame:
    y = games["points"].to_numpy()
    prior = float(np.median(y)) if y.size else 0.0
    if y.size >= ENOUGH_GAMES:
        made = fit(design(games, prior, ranked=ranked), y).forecast(
            design(rows, prior, ranked=ranked)
        )
    else:
        made = _plain(rows, everyone, prior)
    thin = pl.col("games") < PRIOR_GAMES
    label = (
        pl.lit("ranking")
        if ranked
        else pl.when(thin).then(pl.lit("thin history")).otherwise(pl.lit("history"))
    )
    return rows.with_columns(
        pl.Series("points", made.mean),
        pl.Series("points_p10", made.low),
        pl.Series("points_p50", made.median),
        pl.Series("points_p90", made.high),
        evidence=label,
    )


def _plain(rows: pl.DataFrame, everyone: Floats, prior: float) -> Forecast:
    """The own record drawn to the position's, with the position's spread: too few games to fit."""
    known = rows["games"].to_numpy().astype(float)
    weight = known / (known + PRIOR_GAMES)
    middle = rows["record"].to_numpy() * weight + prior * (1 - weight)
    left = everyone - (np.median(everyone) if everyone.size else 0.0)
    low, high = np.quantile(left, (0.1, 0.9)) if left.size else (0.0, 0.0)
    return Forecast(middle, middle + low, middle, middle + high)
