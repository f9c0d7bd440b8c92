"""Robust ridge regression, small enough to be solved hundreds of times a second."""

from typing import NamedTuple

import numpy as np

from ff_analytics.domains.fantasy.projection.data.table import Floats

_ROUNDS = 4
_SIZE = 0.8
# The level is held too: the first seasons of a history are few and all of one kind.
_LEVEL_PENALTY = 30.0


class Fitted(NamedTuple):
    """Coefficients, and each row's residual from a fit without that row."""

    coefficients: Floats
    residual: Floats


def robust_ridge(matrix: Floats, target: Floats, penalty: float) -> Fitted:
    """Ridge (A. Hoerl, R. Kennard 1970) with weights that spare far outliers, by re-weighting.

    `matrix`: first column 1, the others standardised; `penalty` counts in rows. The weight of a
    residual r is 1 / (1 + (r/c)^2), Cauchy's (P. Holland, R. Welsch 1977), with c the median of
    the residuals' sizes: a season's mean has a heavy tail of breakouts, and what is asked for is
    the middle of what may happen.
    """
    weight = np.ones(len(target))
    held = np.full(matrix.shape[1], penalty)
    held[0] = _LEVEL_PENALTY
    for _ in range(_ROUNDS + 1):
        weighted = matrix.T * weight
        normal = weighted @ matrix + np.diag(held * weight.mean())
        found = np.linalg.solve(normal, weighted @ target)
        residual = target - matrix @ found
        scale = _SIZE * float(np.median(np.abs(residual))) + 1e-9
        used, weight = weight, 1 / np.sqrt(1 + (residual / scale) ** 2)
    inverse = np.linalg.inv(normal)
    leverage = used * np.einsum("ij,ij->i", matrix @ inverse, matrix)
    left_out: Floats = residual / (1 - np.clip(leverage, 0, 0.9))
    return Fitted(np.asarray(found, dtype=np.float64), left_out)
