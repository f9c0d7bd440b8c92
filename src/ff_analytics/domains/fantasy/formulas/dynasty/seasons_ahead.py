"""What the projected seasons are worth: points above a level, by player and season ahead."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ff_analytics.domains.fantasy.formulas.normal import ndtr

Floats = NDArray[np.float64]

# Distance of P10 and P90 from the median of a normal distribution, in standard deviations.
TENTH = 1.2815515655446004
QUARTILE = -0.6744897501960817
_DENSITY_AT_0 = 1 / np.sqrt(2 * np.pi)
# A forecast that rests on the player's own record for half or more counts in full. Chosen, not
# fitted: below it the larger part is a mean of players who kept their jobs, which he may not.
OWN_RECORD = 0.5


def option_value(low: Floats, middle: Floats, high: Floats, floor: Floats | float) -> Floats:
    """E[max(0, M - floor)]: who falls below replacement is benched, so the loss is not ours.

    M has the quantiles P10 = low, P50 = middle and P90 = high: two halves of normal
    distributions that meet in the median, so that a skewed interval stays skewed. In the
    unit of the quantiles; 0 or more. Option value of a bench player as in `dynasty`.
    """
    below = np.maximum((middle - low) / TENTH, 1e-9)
    above = np.maximum((high - middle) / TENTH, 1e-9)
    edge = np.asarray(floor, dtype=np.float64) - middle
    up = np.maximum(edge, 0.0) / above
    upper = above * np.exp(-0.5 * up**2) * _DENSITY_AT_0 - np.maximum(edge, 0.0) * ndtr(-up)
    down = np.minimum(edge, 0.0) / below
    lower = -np.minimum(edge, 0.0) * (0.5 - ndtr(down)) + below * _DENSITY_AT_0 * (
        np.exp(-0.5 * down**2) - 1
    )
    whole = upper - np.minimum(edge, 0.0) * 0.5 + np.where(edge < 0, lower, 0.0)
    return np.asarray(np.maximum(whole, 0.0))


def credibility(data_share: Floats) -> Floats:
    """0..1: how far a forecast rests on the player's own record.

    1 from `OWN_RECORD` on, and in proportion below. A rookie has no record (share 0): his
    draft slot is evidence about him, and he counts in full.
    """
    return np.where(data_share > 0, np.minimum(data_share / OWN_RECORD, 1.0), 1.0)


@dataclass(frozen=True)
class Seasons:
    """Projections as matrices, one row per player and one column per season ahead.

    `players`: one row per player in the same order, with position and credibility. `share`:
    expected share of a season's games. `low`, `middle`, `high`: points per game.
    """

    players: pl.DataFrame
    share: Floats
    low: Floats
    middle: Floats
    high: Floats
    games: int

    def value(self, floor: Floats, quantile: float | None = None) -> Floats:
        """Points above `floor` (points per game, by player) that each season is expected to bring.

        With a `quantile` (standard deviations from the median) not the expectation but what
        is left if the season turns out there.
        """
        level = floor[:, None]
        if quantile is None:
            each = option_value(self.low, self.middle, self.high, level)
        else:
            each = np.maximum(self.at(quantile) - level, 0.0)
        return np.asarray(each * self.share * self.games * self._trust)

    def at(self, quantile: float) -> Floats:
        """Points per game at so many standard deviations from the median."""
        side = self.middle - self.low if quantile < 0 else self.high - self.middle
        return np.asarray(self.middle + quantile * side / TENTH)

    def shifted(self, quantile: float) -> "Seasons":
        """The same players with every forecast moved there, ranges kept."""
        move = self.at(quantile) - self.middle
        return Seasons(
            self.players,
            self.share,
            self.low + move,
            self.middle + move,
            self.high + move,
            self.games,
        )

    @cached_property
    def _trust(self) -> Floats:
        return self.players["credibility"].to_numpy()[:, None]


def discounted(values: Floats, rate: float, *, first: int = 1) -> Floats:
    """Sum over the columns of rate^(h - 1) * value, h = 1 being next season; by row.

    `first` leaves the seasons before it out.
    """
    weights = rate ** np.arange(values.shape[1])
    weights[: first - 1] = 0.0
    return np.asarray(values @ weights)


def seasons_ahead(projections: pl.DataFrame, games: int) -> Seasons:
    """Projections of one league and day as matrices; a season that is missing brings nothing.

    `projections`: rows of the contract `MultiYearProjection`; `games` a player can play in a
    season of the league.
    """
    ordered = projections.sort("player_id", "horizon")
    players = ordered.unique("player_id", keep="first", maintain_order=True).with_columns(
        credibility=pl.Series(credibility(_first_share(ordered)))
    )
    longest = ordered["horizon"].cast(pl.Int64).to_list()
    horizons = [str(h) for h in range(1, max(longest, default=1) + 1)]

    def matrix(column: str) -> Floats:
        wide = ordered.pivot("horizon", index="player_id", values=column, maintain_order=True)
        have = (pl.col(h) if h in wide.columns else pl.lit(None).alias(h) for h in horizons)
        return np.asarray(wide.select(e.cast(pl.Float64).fill_null(0.0) for e in have).to_numpy())

    low, middle, high = (matrix(f"points_per_game_{q}") for q in ("p10", "p50", "p90"))
    return Seasons(players, matrix("games_share"), low, middle, high, games)


def _first_share(ordered: pl.DataFrame) -> Floats:
    first = ordered.unique("player_id", keep="first", maintain_order=True)
    return np.asarray(first["data_share"].to_numpy(), dtype=np.float64)
