"""The composite dynasty score: six components from 0 to 1, weighted, on a scale of 0 to 10,000."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SCALE = 10_000
COMPONENTS = ("vor", "economics", "age", "scarcity", "variance", "market")


def component(values: Floats, best: float | None = None) -> Floats:
    """Values as shares of the best one, 0 to 1; what is below 0 is worth nothing, nan stays.

    Linear, so that half the points are half the component; ranks would spread the many
    players who are worth nothing over half of the scale.
    """
    known = values[~np.isnan(values)]
    top = best if best is not None else float(known.max(initial=0.0))
    return np.asarray(np.clip(values / top, 0.0, 1.0) if top > 0 else values * 0.0)


def score(components: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Weighted mean of the components that are known, times 10,000.

    A component that is nan (no contract, no market value) leaves its weight to the others, so
    that a free agent is neither punished nor rewarded. 0 where every known component has no
    weight.
    """
    parts = np.stack([components[name] for name in weights])
    heavy = np.array([weights[name] for name in weights])[:, None] * ~np.isnan(parts)
    total = heavy.sum(axis=0)
    weighted = (np.nan_to_num(parts) * heavy).sum(axis=0)
    return np.asarray(SCALE * weighted / np.where(total > 0, total, 1.0))
