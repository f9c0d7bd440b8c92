"""Weekly lines of a set of games, scored by the provider's own formula."""

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.sources.sample.generator.games.defence import defence
from ff_analytics.domains.fantasy.sources.sample.generator.games.kicking import kicking
from ff_analytics.domains.fantasy.sources.sample.generator.games.lineup import (
    Ints,
    Rows,
    Stats,
    lineup,
)
from ff_analytics.domains.fantasy.sources.sample.generator.games.offence import offence
from ff_analytics.domains.fantasy.sources.sample.generator.layout import COUNTS, WEEK, conform
from ff_analytics.domains.fantasy.sources.sample.generator.schedule import (
    ROUNDS,
    drop_losers,
    games_frame,
    next_round,
    regular_season,
    seeds,
)

# The provider's points without receptions, exact on every real row.
POINTS: dict[str, float] = {
    "passing_yards": 0.04,
    "passing_tds": 4,
    "passing_interceptions": -2,
    "rushing_yards": 0.1,
    "rushing_tds": 6,
    "receiving_yards": 0.1,
    "receiving_tds": 6,
    "passing_2pt_conversions": 2,
    "rushing_2pt_conversions": 2,
    "receiving_2pt_conversions": 2,
    "sack_fumbles_lost": -2,
    "rushing_fumbles_lost": -2,
    "receiving_fumbles_lost": -2,
    "special_teams_tds": 6,
}


def _scoring(rows: Rows, stats: Stats) -> tuple[Ints, Ints, Ints]:
    """Touchdowns, points before kicks, and two-point tries, per side."""
    touchdowns = rows.counts(
        stats["receiving_tds"]
        + stats["rushing_tds"]
        + stats["special_teams_tds"]
        + stats["def_tds"]
    )
    pairs = rows.counts(
        stats["receiving_2pt_conversions"]
        + stats["rushing_2pt_conversions"]
        + stats["def_safeties"]
    )
    return touchdowns, 6 * touchdowns + 2 * pairs, rows.counts(stats["_two_point_tries"])


def _ratio(yards: str, air: str) -> pl.Expr:
    return pl.when(pl.col(air) != 0).then((pl.col(yards) / pl.col(air)).round(3))


def _lines(rows: Rows, stats: Stats, kicks: pl.DataFrame) -> pl.DataFrame:
    """Everything a row needs in the provider's columns, rows without any stat left out."""
    frame = rows.frame.with_columns(
        **{name: pl.Series(values) for name, values in stats.items()},
        season_type=pl.when(pl.col("game_type") == "REG")
        .then(pl.lit("REG"))
        .otherwise(pl.lit("POST")),
    )
    kicked = kicks.with_columns(code=pl.lit(int(rows.group[rows.of("K")][0]), dtype=pl.Int64))
    frame = frame.join(kicked, on=["side", "code"], how="left", maintain_order="left")
    frame = frame.with_columns(
        fantasy_points=pl.sum_horizontal(pl.col(name) * each for name, each in POINTS.items()),
        pacr=_ratio("passing_yards", "passing_air_yards"),
        racr=_ratio("receiving_yards", "receiving_air_yards"),
    ).with_columns(
        fantasy_points=pl.col("fantasy_points").round(2),
        fantasy_points_ppr=(pl.col("fantasy_points") + pl.col("receptions")).round(2),
    )
    whole = conform(frame.with_columns(player_id=pl.col("player").cast(pl.String)), WEEK)
    return whole.with_columns(pl.col(COUNTS).fill_null(0)).filter(
        pl.any_horizontal(pl.col(COUNTS) != 0)
    )


def play(
    rng: np.random.Generator, games: pl.DataFrame, seats: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines of all players of these games, and the games with their scores.

    Scores are the sum of what the lines score. `player_id` holds the player's number.
    """
    rows = lineup(games, seats)
    stats = offence(rng, rows)
    stats |= defence(rng, rows, stats)
    kicks, points = kicking(rng, rows, *_scoring(rows, stats))
    half = games.height
    results = games.with_columns(
        home_score=pl.Series(points[:half]), away_score=pl.Series(points[half:])
    )
    return _lines(rows, stats, kicks), results


def play_seasons(
    rng: np.random.Generator, seasons: tuple[int, ...], seats: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Regular seasons and play-offs: lines and results of every game."""
    fixtures = [game for season in seasons for game in regular_season(rng, season)]
    line, result = play(rng, games_frame(fixtures), seats)
    lines, results = [line], [result]
    field = seeds(result)
    for number in range(len(ROUNDS)):
        line, result = play(rng, games_frame(next_round(field, number)), seats)
        drop_losers(field, result)
        lines.append(line)
        results.append(result)
    return pl.concat(lines), pl.concat(results)
