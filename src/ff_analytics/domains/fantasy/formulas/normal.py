"""Distribution function of the standard normal."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

# scipy.special.ndtr is the same function; scipy would be an eighth of the installation.
_erfc = np.frompyfunc(math.erfc, 1, 1)


def ndtr(z: ArrayLike) -> NDArray[np.float64]:
    """Return the probability that a standard normal variable is at most `z`, elementwise."""
    scaled = np.asarray(z, dtype=np.float64) * -math.sqrt(0.5)
    return np.asarray(0.5 * np.asarray(_erfc(scaled), dtype=np.float64))
