"""Columns of the ridge: what is known of a player at the end of a season."""

import numpy as np

from ff_analytics.domains.fantasy.projection.data.pool import Pool, per_game
from ff_analytics.domains.fantasy.projection.data.table import Flags, Floats, Ints

# Ages are years from 26; beyond these there are too few players to tell.
REFERENCE_AGE = 26.0
_AGES = (-5.0, 12.0)
_CLIP = 3.0
# Without a season before, a record is less than the regressed mean of what there is.
_NO_SEASON = 0.7

AGE = ("age", "age_squared", "age_times_mean")
TREND = ("trend",)
CURVE = ("mean", *AGE[2:], "age_squared_times_mean")
RIDGE = (
    "mean",
    "ppg",
    "ppg_before",
    "ppg_two_before",
    "games",
    *AGE,
    "log_pick",
    "experience",
    "rookie",
    "targets",
    "carries",
    "attempts",
    "touchdowns",
    "yards_per_carry",
    *TREND,
)


def _years(age: Floats) -> Floats:
    return np.clip(age - REFERENCE_AGE, *_AGES)


def aged(mean: Floats, age: Floats) -> dict[str, Floats]:
    """The columns that change with age alone; `mean` is the regressed points per game."""
    years = _years(age)
    return {
        "age": years,
        "age_squared": years**2,
        "age_times_mean": years * mean,
        "age_squared_times_mean": years**2 * mean,
    }


def usage(pool: Pool) -> dict[str, Floats]:
    """The columns that are the same in every league, made once per table."""
    held = pool.table.usage
    if pool.name not in held:
        held[pool.name] = _usage(pool)
    return held[pool.name]


def _usage(pool: Pool) -> dict[str, Floats]:
    table, rows, games = pool.table, pool.rows, pool.games
    sums = {c: table.column(c)[rows] for c in ("targets", "carries", "attempts")}
    touches = per_game(sum(sums.values(), np.zeros(len(rows))), games)
    scores = table.column("rushing_tds")[rows] + table.column("receiving_tds")[rows]
    years = table.experience[rows]
    return {
        **{name: per_game(total, games) for name, total in sums.items()},
        "games": games / table.full[rows],
        "log_pick": np.log(table.pick[rows]),
        "experience": years,
        "rookie": (years == 0).astype(np.float64),
        "touchdowns": per_game(scores, games),
        # Few carries tell nothing of a runner; twenty are a game's worth.
        "yards_per_carry": table.column("rushing_yards")[rows] / np.maximum(sums["carries"], 20),
        "trend": np.clip(table.late_touches[rows] - touches, -12, 12) * (games > 0),
    }


def of_league(pool: Pool, mean: Floats) -> dict[str, Floats]:
    """The columns in the league's points."""
    ppg, games = pool.history
    floor = _NO_SEASON * mean
    return {
        "mean": mean,
        "ppg": np.where(games[0] > 0, ppg[0], mean),
        "ppg_before": np.where(games[1] > 0, ppg[1], floor),
        "ppg_two_before": np.where(games[2] > 0, ppg[2], floor),
    }


class Design:
    """Standardised columns of a pool's `rows`, at their age or some years on.

    Centre and spread are those of the training rows; values are cut at 3 spreads, since a column
    that is nearly constant there (a tight end's passes) is anything elsewhere.
    """

    def __init__(self, pool: Pool, mean: Floats, names: tuple[str, ...], rows: Ints) -> None:
        self.names = names
        self._mean, self._age = mean[rows], pool.age[rows]
        columns = usage(pool) | of_league(pool, mean) | aged(mean, pool.age)
        raw = np.stack([columns[name][rows] for name in names], axis=1)
        trains = pool.trains[rows]
        basis = raw[trains] if trains.any() else raw
        self._centre, self._spread = basis.mean(axis=0), basis.std(axis=0) + 1e-9
        self._matrix = np.ones((len(raw), len(names) + 1))
        for i, name in enumerate(names):
            self._matrix[:, i + 1] = self._standard(name, raw[:, i])

    def _standard(self, name: str, values: Floats) -> Floats:
        i = self.names.index(name)
        standard = (values - self._centre[i]) / self._spread[i]
        # The mean itself is not cut: the best of all would be forecast like the very good.
        return np.asarray(standard if name == "mean" else np.clip(standard, -_CLIP, _CLIP))

    def _replaced(self, changes: dict[str, Floats], chosen: Flags | None) -> Floats:
        matrix = self._matrix.copy() if chosen is None else self._matrix[chosen]
        for i, name in enumerate(self.names, 1):
            if name in changes:
                matrix[:, i] = self._standard(name, changes[name])
        return matrix

    def _aged(self, years: int, chosen: Flags | None) -> dict[str, Floats]:
        mean, age = self._mean, self._age
        if chosen is not None:
            mean, age = mean[chosen], age[chosen]
        return aged(mean, age + years)

    def at(self, years: int = 0, chosen: Flags | None = None) -> Floats:
        """The matrix, first column 1, as if `years` had passed; of the chosen rows."""
        return self._replaced(self._aged(years, chosen), chosen)

    def without_age(self, chosen: Flags) -> Floats:
        """The matrix with all players at the reference age."""
        mean = self._mean[chosen]
        return self._replaced(aged(mean, np.full(len(mean), REFERENCE_AGE)), chosen)

    def without_trend(self, years: int, chosen: Flags) -> Floats:
        """The matrix at that age, as if the last games had been like the season."""
        changes = self._aged(years, chosen)
        return self._replaced(changes | {"trend": np.zeros(int(chosen.sum()))}, chosen)
