"""The models by name, and what each position's forecast starts from. Light: forms read it."""

from enum import StrEnum
from typing import NamedTuple

HORIZON = 5
# A season's mean of fewer games says more of luck than of the player.
SCORED_GAMES = 6


class Model(StrEnum):
    """The ladder: each rung adds one thing to the one before; `rankings` is the market alone.

    The last two are the ridge for players and seasons without a pre-season ranking.
    """

    LAST_SEASON = "last-season"
    MARCEL = "marcel"
    TUNED_MARCEL = "tuned-marcel"
    AGE_CURVE = "age-curve"
    RIDGE = "ridge"
    RANKINGS = "rankings"
    MARKET = "market"


class Position(NamedTuple):
    """Constants of a position.

    `pool`: best players of a season that a back-test asks about and whose mean a forecast
    regresses to. `weights`: of the games of the last three seasons. `regression`: games of the
    pool's mean mixed in, by horizon, in the same unit. `penalty`: of the ridge, in seasons of
    players; None = not enough history in public files, so the forecast stays with Marcel.
    """

    pool: int
    weights: tuple[float, float, float]
    regression: tuple[float, float, float]
    penalty: float | None


# Weights and regression: T. Tango, "Marcel the Monkey Forecasting System" (2003), tuned to the
# positions on nflverse 1999-2025. Penalties: of 60 to 3,000, about those of the lowest error on
# targets 2005-2011, where error hardly depends on them; 2012-2019 agree. That of QB was set after a
# look at all of 2005-2019: passers vary most by luck.
POSITIONS: dict[str, Position] = {
    "QB": Position(36, (5, 4, 3), (64, 64, 96), 1500),
    "RB": Position(72, (5, 1.5, 0.5), (24, 48, 128), 100),
    "WR": Position(96, (5, 1.5, 0.5), (32, 64, 96), 250),
    "TE": Position(36, (5, 2, 1), (16, 24, 16), 100),
    "K": Position(32, (5, 4, 3), (96, 96, 96), None),
    "DST": Position(32, (5, 4, 3), (96, 96, 96), None),
    "DL": Position(72, (5, 4, 3), (48, 48, 48), None),
    "LB": Position(72, (5, 4, 3), (48, 48, 48), None),
    "DB": Position(96, (5, 4, 3), (48, 48, 48), None),
}
SKILL = ("QB", "RB", "WR", "TE")
# Marcel as published: 5/4/3, and 48 games at weight 5/4/3 stand for his 1,200 plate appearances.
PLAIN_WEIGHTS = (5.0, 4.0, 3.0)
PLAIN_REGRESSION = 48.0
# Players a little below the pool are like those in it, and make the fit steadier.
TRAINING_POOL = 1.3
