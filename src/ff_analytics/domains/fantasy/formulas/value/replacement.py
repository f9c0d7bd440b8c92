"""Replacement players: how many of each position a league uses, and what the next one scores.

Baselines (rank at the position whose points are worth nothing):
VOLS, the last starter, and VORP, the first unrostered player (J. Bryant, "Principles of
VBD", 1996; FantasyPros, "What is value-based drafting"); man-games, the last player needed
when starters miss weeks (BEER, Subvertadown's guide to VBD baselines); top-n, the last one
among the first N picks (Fantasy Football Analytics); blend, between VOLS and man-games.
"""

import polars as pl

from ff_analytics.domains.fantasy.formulas.value.lineup import fill
from ff_analytics.domains.fantasy.formulas.value.options import Baseline
from ff_analytics.domains.fantasy.league.league import LeagueProfile

Ranks = dict[str, int]
# Players on each side of the replacement rank whose games make the level per game: one
# player's average may rest on a handful of games.
LEVEL_WINDOW = 2


def _best_first(players: pl.DataFrame, depth: int, by: str) -> list[str]:
    """Positions of the players, best first, at most `depth` of each position."""
    heads = players.filter(pl.col("position_rank") <= depth)
    return heads.sort(by, "player_id", descending=[True, False])["position"].to_list()


def at_rank(players: pl.DataFrame, ranks: Ranks, name: str) -> pl.DataFrame:
    """Points at each position's rank as `name`; a rank below the last player means him."""
    wanted = pl.DataFrame(
        {"position": list(ranks), "rank": list(ranks.values())},
        schema={"position": pl.String, "rank": pl.Int32},
    )
    return (
        players.join(wanted, on="position")
        .filter(pl.col("position_rank") <= pl.col("rank").clip(1))
        .group_by("position", maintain_order=True)
        .agg(pl.col("points").last().alias(name))
    )


def starters(players: pl.DataFrame, profile: LeagueProfile) -> Ranks:
    """Players of each position that start in the league, flex slots solved.

    `players`: frame of `weeks.ranked`. Positions without players are absent.
    """
    capacity = {slot: n * profile.teams for slot, n in profile.starting.items()}
    counts = fill(capacity, _best_first(players, sum(capacity.values()), "points"))
    present = players["position"].unique(maintain_order=True)
    return {position: counts[position] for position in present}


def above_last_starter(players: pl.DataFrame, starting: Ranks) -> pl.DataFrame:
    """Players with `surplus`, their points above the last starter of their position."""
    return players.join(at_rank(players, starting, "starter_points"), on="position").with_columns(
        surplus=pl.col("points") - pl.col("starter_points")
    )


def rostered(players: pl.DataFrame, profile: LeagueProfile, starting: Ranks) -> Ranks:
    """Starters plus bench: benches take those who miss the last starter by least."""
    capacity = {slot: n * profile.teams for slot, n in profile.bench.items()}
    depth = sum(capacity.values()) + max(starting.values())
    spare = above_last_starter(players, starting).filter(
        pl.col("position_rank") > pl.col("position").replace_strict(starting)
    )
    counts = fill(capacity, _best_first(spare, depth, "surplus"))
    return {position: n + counts[position] for position, n in starting.items()}


def man_games(players: pl.DataFrame, starting: Ranks, weeks: int) -> Ranks:
    """Smallest number of players whose games cover every starting week of the position."""
    need = pl.col("position").replace_strict(
        {position: n * weeks for position, n in starting.items()}, return_dtype=pl.Int64
    )
    before = pl.col("games").cast(pl.Int64).cum_sum().over("position") - pl.col("games")
    used = players.filter(before < need).group_by("position").len()
    return dict.fromkeys(starting, 0) | dict(used.iter_rows())


def top_n(players: pl.DataFrame, starting: Ranks, picks: int) -> Ranks:
    """Players of each position among the first picks by points above the last starter."""
    order = _best_first(above_last_starter(players, starting), picks, "surplus")[:picks]
    return {position: order.count(position) for position in starting}


def replacement_ranks(
    players: pl.DataFrame,
    baseline: Baseline,
    *,
    starting: Ranks,
    rostering: Ranks,
    weeks: int,
    picks: int = 100,
    blend_weight: float = 0.5,
) -> Ranks:
    """Rank of the replacement player at each position, from 1 to the number of players."""
    if baseline is Baseline.VOLS:
        ranks = starting
    elif baseline is Baseline.VORP:
        ranks = {position: n + 1 for position, n in rostering.items()}
    elif baseline is Baseline.TOP_N:
        ranks = top_n(players, starting, picks)
    else:
        ranks = man_games(players, starting, weeks)
        if baseline is Baseline.BLEND:
            ranks = {
                p: int(blend_weight * starting[p] + (1 - blend_weight) * n + 0.5)
                for p, n in ranks.items()
            }
    deepest = dict(players.group_by("position").len().iter_rows())
    return {position: min(max(rank, 1), deepest[position]) for position, rank in ranks.items()}


def replacement_levels(players: pl.DataFrame, ranks: Ranks) -> pl.DataFrame:
    """One row per position: replacement_rank, replacement_points, replacement_level.

    The level, in points per game, is that of the players within two ranks of the replacement
    player: sum of their points over sum of their games.
    """
    rank = pl.col("position").replace_strict(ranks, return_dtype=pl.Int32)
    near = players.filter((pl.col("position_rank") - rank).abs() <= LEVEL_WINDOW)
    levels = near.group_by("position").agg(
        replacement_level=pl.col("points").sum() / pl.col("games").sum()
    )
    return (
        at_rank(players, ranks, "replacement_points")
        .join(levels, on="position")
        .with_columns(replacement_rank=rank)
    )
