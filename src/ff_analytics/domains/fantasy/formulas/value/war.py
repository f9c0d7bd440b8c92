"""Wins above replacement: weekly points turned into chances to win a match-up.

M. DiSorbo, "On the WARpath" (thefantasyfootballers.com), after J. Henderson: a team's week
is normal, the opponent is another team of the league, and the player takes the slot of an
average starter of his position. Both teams vary here; with a fixed opponent WAR is larger.
"""

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.formulas.normal import ndtr
from ff_analytics.domains.fantasy.formulas.weeks.weeks import DECIMALS, PlayerWeeks

# Constant weeks (toy leagues) have no spread; any positive one gives the right 0, 0.5 or 1.
_SMALLEST_SPREAD = 1e-9


def slot_moments(weeks: PlayerWeeks, starting: pl.DataFrame) -> pl.DataFrame:
    """Mean and SD of a starter's played week by position: position, slot_mean, slot_sd.

    `starting`: number and position of the players that start.
    """
    positions = starting["position"].unique().sort()
    place = {position: i for i, position in enumerate(positions)}
    of_player = np.full(weeks.count, -1)
    of_player[starting["number"].to_numpy()] = starting["position"].replace_strict(place)
    at = of_player[weeks.player]
    counted = (at >= 0) & weeks.played
    at, points = at[counted], weeks.points[counted]
    count = np.bincount(at, minlength=len(place))
    mean = np.bincount(at, points, len(place)) / count
    variance = np.bincount(at, (points - mean[at]) ** 2, len(place)) / count
    return pl.DataFrame(
        {
            "position": positions,
            "slot_mean": mean.round(DECIMALS),
            "slot_sd": np.sqrt(variance).round(DECIMALS),
        }
    )


def spreads(positions: pl.DataFrame, teams: int) -> pl.DataFrame:
    """Add war_spread: SD of the difference of two teams once the player's slot is known.

    s^2 = 2 * sigma^2 - sigma_p^2, where sigma^2, the variance of a team's week, is the sum
    over positions of starters per team times slot_sd^2 (players independent).
    """
    variance = pl.col("slot_sd") ** 2
    team = (pl.col("starters") / teams * variance).sum()
    # A position that only some teams start may vary more than the mean team does.
    squared = pl.max_horizontal(2 * team - variance, team)
    return positions.with_columns(war_spread=squared.sqrt().clip(_SMALLEST_SPREAD))


def add_war(players: pl.DataFrame, weeks: PlayerWeeks) -> pl.DataFrame:
    """Add war, wins above replacement over the window.

    WAR = sum over weeks played of Phi((x - mu_p) / s) - Phi((r_p - mu_p) / s), with x the
    week's points, mu_p = slot_mean, s = war_spread and r_p = replacement_level, columns of
    `players`. A week without a game counts 0: the manager starts the replacement.
    """
    numbers = players["number"].to_numpy()

    def of_week(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        by_number = np.full(weeks.count, np.nan)
        by_number[numbers] = players[name].to_numpy()
        return by_number[weeks.player]

    mean, spread = of_week("slot_mean"), of_week("war_spread")
    wins = ndtr((weeks.points - mean) / spread) - ndtr(
        (of_week("replacement_level") - mean) / spread
    )
    total = weeks.total(wins, played_only=True)
    return players.with_columns(war=pl.Series(total[numbers].round(9)))
