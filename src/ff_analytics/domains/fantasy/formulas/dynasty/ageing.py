"""Measured constants of ageing, survival and regression, nflverse 1999-2025, PPR scoring.

Kickers, team defences and individual defenders have no table yet: the public files hold
defenders only since 2013.
"""

from typing import NamedTuple


class Ageing(NamedTuple):
    """One position's constants; lists by horizon hold the next three seasons.

    `pool`: best players of a season whose mean a forecast regresses to. `regression`: games
    of that mean mixed in, against 5 per game played (Marcel, T. Tango 2003, tuned).
    `ages`, `factors`: points per game at that age over the regressed forecast. `shares`:
    expected share of a season's games by age band, players who vanish counted as 0.
    `error`: SD of the forecast as a share of a starter's mean, from the back-test's residuals.
    """

    pool: int
    regression: tuple[int, int, int]
    ages: tuple[float, ...]
    factors: tuple[float, ...]
    shares: tuple[tuple[float, float, float], ...]
    error: tuple[float, float, float]


# Lower bounds of the age bands in `shares`, after the first.
BAND_EDGES = (24, 27, 30, 33)
LAST_SEASON_WEIGHT = 5

AGEING: dict[str, Ageing] = {
    "QB": Ageing(
        pool=36,
        regression=(64, 64, 96),
        ages=(23, 36),
        factors=(1.03, 0.92),
        shares=(
            (0.73, 0.61, 0.56),
            (0.66, 0.60, 0.54),
            (0.67, 0.60, 0.57),
            (0.67, 0.60, 0.49),
            (0.62, 0.48, 0.39),
        ),
        error=(0.15, 0.17, 0.18),
    ),
    "RB": Ageing(
        pool=72,
        regression=(24, 48, 128),
        ages=(22, 23, 24, 25, 27, 28, 30, 32),
        factors=(1.10, 1.04, 0.99, 0.93, 0.90, 0.85, 0.82, 0.74),
        shares=(
            (0.73, 0.64, 0.56),
            (0.67, 0.58, 0.47),
            (0.62, 0.46, 0.30),
            (0.58, 0.34, 0.19),
            (0.58, 0.34, 0.19),
        ),
        error=(0.26, 0.28, 0.30),
    ),
    "WR": Ageing(
        pool=96,
        regression=(32, 64, 96),
        ages=(22, 23, 24, 26, 28, 30, 33),
        factors=(1.13, 1.06, 0.98, 0.93, 0.87, 0.87, 0.85),
        shares=(
            (0.77, 0.70, 0.63),
            (0.74, 0.63, 0.52),
            (0.69, 0.55, 0.44),
            (0.69, 0.51, 0.37),
            (0.69, 0.51, 0.37),
        ),
        error=(0.23, 0.27, 0.29),
    ),
    "TE": Ageing(
        pool=36,
        regression=(16, 24, 16),
        ages=(24, 25, 26, 27, 29, 32),
        factors=(1.08, 1.03, 0.97, 0.89, 0.88, 0.84),
        shares=(
            (0.73, 0.71, 0.67),
            (0.76, 0.68, 0.60),
            (0.70, 0.58, 0.44),
            (0.62, 0.46, 0.33),
            (0.62, 0.46, 0.33),
        ),
        error=(0.21, 0.23, 0.26),
    ),
}
