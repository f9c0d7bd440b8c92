"""What is planted in the sample league, so that a back-test can check what it recovers.

`AGE_CURVES` and `GAMES_SHARE` for QB, RB, WR and TE were measured on nflverse player-week
statistics of 1999-2025; those of kickers and defenders are invented and mild.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Talent in the season of this age as a multiple of the talent one season before, net of
# regression to the mean; linear between the ages given, flat beyond them.
AGE_CURVES: dict[str, dict[int, float]] = {
    "QB": {22: 1.03, 34: 0.92},
    "RB": {22: 1.10, 23: 1.04, 24: 0.99, 25: 0.93, 27: 0.90, 28: 0.85, 30: 0.82, 32: 0.74},
    "WR": {22: 1.13, 23: 1.06, 24: 0.98, 26: 0.93, 28: 0.87, 30: 0.87, 33: 0.85},
    "TE": {24: 1.08, 25: 1.03, 26: 0.97, 27: 0.89, 29: 0.88, 32: 0.84},
    "FB": {22: 1.00, 30: 0.95},
    "K": {22: 1.01, 36: 0.99},
    "DL": {22: 1.06, 26: 1.00, 30: 0.94, 34: 0.86},
    "LB": {22: 1.06, 26: 1.00, 30: 0.93, 34: 0.85},
    "DB": {22: 1.06, 26: 0.99, 30: 0.92, 34: 0.85},
}

# Age from which the row counts, then the expected share of games one, two and three seasons
# later, for players who matter today; zero counts for those who are gone.
GAMES_SHARE: dict[str, tuple[tuple[int, float, float, float], ...]] = {
    "QB": (
        (20, 0.73, 0.61, 0.56),
        (24, 0.66, 0.60, 0.54),
        (27, 0.67, 0.60, 0.57),
        (30, 0.67, 0.60, 0.49),
        (33, 0.62, 0.48, 0.39),
    ),
    "RB": (
        (20, 0.73, 0.64, 0.56),
        (24, 0.67, 0.58, 0.47),
        (27, 0.62, 0.46, 0.30),
        (30, 0.58, 0.34, 0.19),
    ),
    "WR": (
        (20, 0.77, 0.70, 0.63),
        (24, 0.74, 0.63, 0.52),
        (27, 0.69, 0.55, 0.44),
        (30, 0.69, 0.51, 0.37),
    ),
    "TE": (
        (20, 0.73, 0.71, 0.67),
        (24, 0.76, 0.68, 0.60),
        (27, 0.70, 0.58, 0.44),
        (30, 0.62, 0.46, 0.33),
    ),
}
# Quarterbacks mostly lose games by losing the job, which the depth chart decides: here they
# leave half as often as the table says, and miss this share of games by injury.
_QB_AVAILABILITY = 0.88
_OTHERS = ((20, 0.82, 0.74, 0.66), (28, 0.78, 0.66, 0.54), (32, 0.72, 0.52, 0.36))

# P10, P50 and P90 of a week's points divided by the player's own mean, measured 2010-2025.
WEEKLY_RATIOS: dict[str, tuple[float, float, float]] = {
    "QB": (0.48, 0.99, 1.53),
    "RB": (0.34, 0.92, 1.76),
    "WR": (0.30, 0.92, 1.79),
    "TE": (0.30, 0.93, 1.80),
}


def age_factor(group: str, ages: Floats) -> Floats:
    """Expected talent at each age divided by the talent one season before."""
    curve = AGE_CURVES[group]
    return np.interp(ages, list(curve), list(curve.values()))


def _share(group: str, ages: Floats) -> Floats:
    rows = np.array(GAMES_SHARE.get(group, _OTHERS))
    return rows[np.clip(np.searchsorted(rows[:, 0], ages, side="right") - 1, 0, None), 1:]


def survival(group: str, ages: Floats) -> Floats:
    """Chance to be in the league next season: what one season costs in `GAMES_SHARE`."""
    share = _share(group, ages)
    yearly = np.asarray(np.sqrt(share[:, 2] / share[:, 0]), dtype=np.float64)
    return np.sqrt(yearly) if group == "QB" else yearly


def availability(group: str, ages: Floats) -> Floats:
    """Expected share of games of a player in the league: the rest of `GAMES_SHARE`."""
    if group == "QB":
        return np.full(len(ages), _QB_AVAILABILITY)
    return np.clip(_share(group, ages)[:, 0] / survival(group, ages), 0.5, 0.95)
