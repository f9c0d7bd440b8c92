"""Trades of several for one: what a roster spot costs, and why one star beats two halves."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# KeepTradeCut's raw adjustment, as read by Javelin Fantasy Football, "How the KTC adjustment
# works" (2022): from 10 % of a piece's value for the smallest to 40 % for the best asset.
LEAST, MOST = 0.10, 0.40


def roster_spot_cost(values: Floats, spots: int) -> float:
    """Value of the best asset that no roster has room for: what a filled spot keeps out.

    `values` of all players; `spots` that the league's teams hold together. 0 if all fit.
    """
    best = np.sort(values)[::-1]
    return float(max(best[spots], 0.0)) if spots < len(best) else 0.0


def stud_adjustment(values: Floats, best: float) -> Floats:
    """Share by which a piece counts for more than its value: rises from 0.10 to 0.40 at `best`."""
    if best <= 0:
        return np.full_like(values, LEAST)
    return np.asarray(LEAST + (MOST - LEAST) * np.clip(values / best, 0.0, 1.0))


def package_value(values: Floats, best: float, spot: Floats | float) -> Floats:
    """What each piece adds to its side of a trade; the side with the larger sum wins.

    value * (1 + stud adjustment) - roster spot. Negative for a piece that is worth less than the
    spot it fills: the receiver drops a better player.
    """
    return np.asarray(values * (1 + stud_adjustment(values, best)) - spot)
