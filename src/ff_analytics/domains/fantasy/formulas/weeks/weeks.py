"""Player-weeks as arrays: sums and quantiles per player for millions of rows in a second.

Grouping by a text id costs as much as all the arithmetic, and it is needed several times;
so players are numbered once and everything after is counting by number.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Points are rounded to this, so that equal totals tie whatever the order of addition.
DECIMALS = 6
_KEY_BITS = 40


@dataclass(frozen=True)
class PlayerWeeks:
    """Arrays of equal length, one element per player and week; `rows` is where they are from.

    `player`: number from 0 to `count` - 1; `points`; `played`: the player had an opportunity.
    """

    rows: pl.DataFrame
    player: NDArray[np.int64]
    points: Floats
    played: NDArray[np.bool_]
    count: int

    def total(self, values: Floats, played_only: bool = False) -> Floats:
        """Sum of `values` by player."""
        kept = self.played if played_only else slice(None)
        total = np.bincount(self.player[kept], values[kept], self.count)
        return np.asarray(total, dtype=np.float64)


def number_players(rows: pl.DataFrame) -> PlayerWeeks:
    """Number the players of `rows`; the numbers mean nothing outside this object."""
    ids = rows["player_id"].cast(pl.Categorical(pl.Categories.random()))
    player = ids.to_physical().to_numpy().astype(np.int64)
    return PlayerWeeks(
        rows=rows,
        player=player,
        points=rows["fantasy_points"].cast(pl.Float64).to_numpy(),
        played=(rows["games_played"] > 0).fill_null(False).to_numpy(),
        count=int(player.max()) + 1 if len(player) else 0,
    )


def _last_rows(weeks: PlayerWeeks) -> NDArray[np.int64]:
    """Index of each player's latest row."""
    order = weeks.rows["order"].to_numpy()
    # Sixteen bits sort by counting, far faster; 327 seasons fit.
    by_time = np.argsort((order - order[:1]).astype(np.int16), kind="stable")
    last = np.zeros(weeks.count, dtype=np.int64)
    # With repeated indices the last assignment stays, and that is the latest week.
    last[weeks.player[by_time]] = by_time
    return last


def _sorted_points(weeks: PlayerWeeks) -> Floats:
    """Points of the weeks played, by player and within him from low to high."""
    points = weeks.points[weeks.played]
    largest = float(np.abs(points).max(initial=0.0))
    unit = max(10.0**-DECIMALS, largest / 2 ** (_KEY_BITS - 2))
    half = 2 ** (_KEY_BITS - 1)
    # One whole number per row, player above points: sorts in a fifth of the time of a pair.
    keys = (weeks.player[weeks.played] << _KEY_BITS) + np.rint(points / unit).astype(np.int64)
    ordered = pl.Series(keys + half).sort().to_numpy()
    return np.asarray(((ordered & (2**_KEY_BITS - 1)) - half) * unit)


def quantiles(weeks: PlayerWeeks, games: NDArray[np.int64], q: tuple[float, ...]) -> list[Floats]:
    """Quantiles by player of the points of weeks played, interpolated; nan without games."""
    points = np.append(_sorted_points(weeks), np.nan)
    start = np.cumsum(games) - games
    found = []
    for share in q:
        place = share * np.maximum(games - 1, 0)
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, np.maximum(games - 1, 0))
        below, above = points[start + low], points[start + high]
        value = below + (above - below) * (place - low)
        found.append(np.where(games > 0, value, np.nan))
    return found


def totals(weeks: PlayerWeeks) -> pl.DataFrame:
    """One row per player with at least one game.

    Columns: number, player_id, player_name, position, team, birth_date (the latest in the
    window), points (all weeks), games, ppg = points / games, and of the weeks played
    weekly_sd (null with one game), own_p10, own_p50, own_p90.
    """
    games = np.bincount(weeks.player[weeks.played], minlength=weeks.count)
    mean = weeks.total(weeks.points, played_only=True) / np.maximum(games, 1)
    squares = weeks.total((weeks.points - mean[weeks.player]) ** 2, played_only=True)
    sd = np.sqrt(squares / np.where(games > 1, games - 1, np.nan))
    p10, p50, p90 = quantiles(weeks, games, (0.1, 0.5, 0.9))
    columns = ("player_id", "position", "team", "birth_date", player_name := "display_name")
    described = weeks.rows.select(columns)[_last_rows(weeks)].rename({player_name: "player_name"})
    return (
        described.with_columns(
            pl.col("player_name").fill_null(pl.col("player_id")),
            number=pl.int_range(pl.len()),
            points=pl.Series(weeks.total(weeks.points).round(DECIMALS)),
            games=pl.Series(games, dtype=pl.Int32),
            weekly_sd=pl.Series(sd, nan_to_null=True),
            own_p10=pl.Series(p10),
            own_p50=pl.Series(p50),
            own_p90=pl.Series(p90),
        )
        .filter(pl.col("games") > 0)
        .with_columns(ppg=pl.col("points") / pl.col("games"))
    )


def ranked(players: pl.DataFrame) -> pl.DataFrame:
    """Players by position, best first, with `position_rank` from 1; ties go by player_id."""
    return players.sort(
        "position", "points", "player_id", descending=[False, True, False]
    ).with_columns(position_rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("position"))
