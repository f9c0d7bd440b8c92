"""Ageing value: points above replacement of the next three seasons by age curves alone.

The columns have the general names `dynasty_*`, which the market comparison of both products reads.
"""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ff_analytics.domains.fantasy.formulas.dynasty.ageing import (
    AGEING,
    BAND_EDGES,
    LAST_SEASON_WEIGHT,
    Ageing,
)
from ff_analytics.domains.fantasy.formulas.normal import ndtr
from ff_analytics.domains.fantasy.formulas.value.options import Outlook

Floats = NDArray[np.float64]

HORIZON = 3
DISCOUNT = {Outlook.CONTENDER: 0.75, Outlook.BALANCED: 0.80, Outlook.REBUILDER: 0.85}
_PLAUSIBLE_AGES = (15, 60)


def add_age(players: pl.DataFrame, season: int) -> pl.DataFrame:
    """Add age in years on 1 September of the season; null without a plausible birth date."""
    days = (pl.lit(date(season, 9, 1)) - pl.col("birth_date")).dt.total_days()
    age = days / 365.25
    return players.with_columns(age=pl.when(age.is_between(*_PLAUSIBLE_AGES)).then(age))


def option_value(mean: Floats, sd: Floats | float, floor: float) -> Floats:
    """E[max(0, M - floor)] for M ~ Normal(mean, sd), sd > 0; in the unit of the mean.

    A player forecast below replacement may still beat it, and is benched when he does not.
    """
    z = (mean - floor) / sd
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    value: Floats = np.maximum((mean - floor) * ndtr(z) + sd * density, 0.0)
    return value


def forecast(
    ppg: Floats, games: Floats, age: Floats, pool_mean: float, a: Ageing, h: int
) -> Floats:
    """Expected points per game `h` seasons on: the mean regressed, then aged year by year."""
    own = LAST_SEASON_WEIGHT * games
    mean = (own * ppg + a.regression[h - 1] * pool_mean) / (own + a.regression[h - 1])
    for year in range(1, h + 1):
        mean = mean * np.interp(age + year, a.ages, a.factors)
    return mean


def dynasty_value(
    part: pl.DataFrame, a: Ageing, *, season_games: int, discount: float, shift: float = 0.0
) -> Floats:
    """Discounted points above replacement of one position's players; nan without an age.

    DV = sum over h = 1..3 of discount^(h-1) * E[games_h] * E[max(0, M_h - r)], with
    E[games_h] = share by age * season_games and r = replacement_level. `part`: sorted by
    rank, with ppg, games, age, slot_mean, replacement_level. `shift` moves every forecast
    by that many of its standard deviations, for the range of the value.
    """
    ppg, games, age = (part[c].cast(pl.Float64).to_numpy() for c in ("ppg", "games", "age"))
    level, slot_mean = float(part["replacement_level"][0]), float(part["slot_mean"][0])
    pool_mean = float(ppg[: a.pool].mean())
    shares = np.array(a.shares)[np.searchsorted(BAND_EDGES, age, side="right")]
    value = np.zeros(len(ppg))
    for h in range(1, HORIZON + 1):
        sd = max(a.error[h - 1] * abs(slot_mean), 1e-9)
        mean = forecast(ppg, games, age, pool_mean, a, h) + shift * sd
        value += discount ** (h - 1) * shares[:, h - 1] * option_value(mean, sd, level)
    return np.where(np.isnan(age), np.nan, value * season_games)


def add_dynasty(players: pl.DataFrame, season_games: int, outlook: Outlook) -> pl.DataFrame:
    """Add dynasty_value and, one forecast error down and up, dynasty_low and dynasty_high.

    Null where the age is unknown or the position has no measured ageing (K, DST, IDP).
    `players`: sorted by position and rank, with age.
    """
    columns: dict[str, list[Floats]] = {"dynasty_value": [], "dynasty_low": [], "dynasty_high": []}
    for part in players.partition_by("position", maintain_order=True):
        ageing = AGEING.get(part["position"][0])
        for name, shift in zip(columns, (0.0, -1.0, 1.0), strict=True):
            columns[name].append(
                np.full(part.height, np.nan)
                if ageing is None
                else dynasty_value(
                    part,
                    ageing,
                    season_games=season_games,
                    discount=DISCOUNT[outlook],
                    shift=shift,
                )
            )
    return players.with_columns(
        pl.Series(name, np.concatenate(parts), nan_to_null=True) for name, parts in columns.items()
    )
