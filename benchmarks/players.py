"""Synthetic player-weeks in the shape of the real files, of any size and always the same."""

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.sources.nflverse.contract import PlayerWeek

_POSITIONS = ("QB", "RB", "WR", "TE", "K", "DL", "LB", "DB")
# Statistics that differ from row to row; the other columns are null, as in old seasons.
STATS = (
    "completions",
    "attempts",
    "passing_yards",
    "passing_tds",
    "carries",
    "rushing_yards",
    "rushing_tds",
    "targets",
    "receptions",
    "receiving_yards",
    "receiving_tds",
    "def_tackles_solo",
    "fantasy_points",
    "fantasy_points_ppr",
)
WEEKS = 17


def player_weeks(
    seasons: int, players: int, *, first_season: int = 1960, full: bool = True
) -> pl.DataFrame:
    """`seasons` x 17 x `players` rows that meet `PlayerWeek`, sorted by season, week, player.

    `full`: all columns of the contract; else only keys, names and `STATS`.
    """
    rows = seasons * WEEKS * players
    random = np.random.default_rng(rows)
    row = pl.int_range(pl.len())
    frame = pl.select(row=pl.int_range(rows)).select(
        player_id=pl.format("00-{}", (row % players).cast(pl.String).str.zfill(7)),
        player_display_name=pl.format("Player {}", row % players),
        position=pl.lit(pl.Series(_POSITIONS)).gather(row % len(_POSITIONS)),
        team=pl.format("T{}", row % 32),
        opponent_team=pl.format("T{}", (row + 1) % 32),
        season=(row // (WEEKS * players) + first_season).cast(pl.Int32),
        week=(row // players % WEEKS + 1).cast(pl.Int32),
        season_type=pl.lit("REG"),
    )
    frame = frame.with_columns(
        pl.Series(name, random.integers(0, 120, rows).astype(np.float64)) for name in STATS
    )
    if not full:
        return frame
    missing = [c for c in PlayerWeek.column_names() if c not in frame.columns and c[0] != "_"]
    return frame.with_columns(
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in missing),
        _origin=pl.lit("benchmark"),
    ).select(PlayerWeek.column_names())
