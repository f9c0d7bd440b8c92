"""Offence: receivers and runners draw their games, the passer's line is the receivers' sum.

Usage follows talent, so that expected points per game are the talent in the group's unit;
a better passer lifts his receivers, and a missing team mate's work is shared in part.
"""

import numpy as np

from ff_analytics.domains.fantasy.sources.sample.generator.curves import Floats
from ff_analytics.domains.fantasy.sources.sample.generator.games.lineup import (
    Flags,
    Ints,
    Rows,
    Stats,
)

PASSER_AVERAGE = 16.5
CATCH = {"WR": 0.64, "TE": 0.69, "RB": 0.77, "FB": 0.75}
YARDS = {"WR": 12.6, "TE": 10.9, "RB": 7.8, "FB": 7.0}
TOUCHDOWN = {"WR": 0.077, "TE": 0.080, "RB": 0.042, "FB": 0.04}
AVERAGE = {"QB": PASSER_AVERAGE, "WR": 10.0, "TE": 7.0, "RB": 10.0, "FB": 1.5}
DEPTH_OF_TARGET = {"WR": 10.8, "TE": 7.6, "RB": 0.4, "FB": 1.0}
AFTER_CATCH = {"WR": 0.33, "TE": 0.43, "RB": 0.98, "FB": 0.8}
FIRST_DOWN = {"WR": 0.58, "TE": 0.52, "RB": 0.34, "FB": 0.35}
TEAM_TARGETS = 34.0
BACKS_CARRIES = 24.0
# Smaller is wilder: shape of the gamma factor on a game's expected usage.
STEADINESS = {"WR": 50.0, "TE": 50.0, "RB": 10.0, "FB": 4.0}

# Share of a full role by rank in the team's depth chart; beyond the list, the last value.
ROLE = {"WR": (1.0, 1.0, 0.95, 0.8, 0.55, 0.35), "TE": (1.0, 0.8, 0.5), "RB": (1.0, 0.95, 0.8, 0.5)}


def _role(rows: Rows) -> Floats:
    depth = rows.frame["depth"].to_numpy()
    role = np.ones(len(depth))
    for name, shares in ROLE.items():
        part = np.array(shares)[np.minimum(depth, len(shares)) - 1]
        role = np.where(rows.of(name), part, role)
    return role


def _usage(rng: np.random.Generator, mean: Floats, shape: float | Floats) -> Ints:
    return rng.poisson(mean * rng.gamma(shape, 1 / shape, len(mean)))


def _yards(
    rng: np.random.Generator, touches: Ints, each: Floats, below: float, shape: float
) -> Ints:
    """Sum over touches of a skewed gain with mean `each` that can lose up to `below`."""
    gain = rng.gamma(np.maximum(touches, 1e-9) * shape, (each + below) / shape) - below * touches
    return np.where(touches > 0, np.rint(gain), 0).astype(np.int64)


def _efficiency(rows: Rows) -> Floats:
    # Better players get more work and do more with it; the split follows real seasons.
    return np.clip(rows.talent / rows.lookup(AVERAGE, 1.0), 0.1, 4.0) ** 0.12


def _share(rows: Rows, wanted: Floats, team: float, squeeze: float) -> Floats:
    """Expected usage per row, from what talent alone would ask for.

    Half of the work of missing team mates is taken over, and there is one ball: a crowded
    corps is squeezed towards the `team` total of a game, a thin one stretched.
    """
    asked = wanted * rows.frame["covers"].to_numpy() ** 0.5
    crowd = team / np.maximum(rows.total(asked), 1.0)
    return asked * crowd[rows.side] ** squeeze


def _receiving(rng: np.random.Generator, rows: Rows, passer: Floats, script: Floats) -> Stats:
    who = rows.of("WR", "TE", "RB", "FB")
    part = np.where(rows.of("RB", "FB"), rows.style, 1.0) * who * _role(rows)
    catch = np.clip(rows.lookup(CATCH) * passer**0.1, 0, 0.92)
    accent = np.where(rows.of("WR", "TE"), rows.style, 1.0)
    gain = rows.lookup(YARDS) * accent * _efficiency(rows)
    scoring = rows.lookup(TOUCHDOWN) * _efficiency(rows)
    worth = np.where(who, rows.lookup(CATCH) * (1 + 0.1 * gain + 6 * scoring), 1.0)
    mean = _share(rows, part * rows.talent / worth, TEAM_TARGETS, 0.4) * passer**0.15 * script
    targets = _usage(rng, mean, rows.lookup(STEADINESS, 5.0))
    receptions = rng.binomial(targets, catch)
    yards = _yards(rng, receptions, gain * passer**0.25, 1.5, 1.9)
    scores = rng.binomial(receptions, np.clip(scoring * passer**0.6, 0, 0.5))
    fumbles = rng.binomial(receptions, 0.009)
    air = targets * rows.lookup(DEPTH_OF_TARGET) * accent * rng.lognormal(-0.04, 0.28, len(mean))
    return {
        "targets": targets,
        "receptions": receptions,
        "receiving_yards": yards,
        "receiving_tds": scores,
        "receiving_first_downs": scores
        + rng.binomial(receptions - scores, rows.lookup(FIRST_DOWN)),
        "receiving_fumbles": fumbles,
        "receiving_fumbles_lost": rng.binomial(fumbles, 0.5),
        "receiving_air_yards": np.rint(air).astype(np.int64),
        "receiving_yards_after_catch": np.rint(yards * rows.lookup(AFTER_CATCH)).astype(np.int64),
    }


def _rushing(rng: np.random.Generator, rows: Rows, passer: Floats) -> Stats:
    runner, passes = rows.of("RB", "FB"), rows.of("QB")
    efficiency = _efficiency(rows)
    gain = np.select([runner, passes], [4.3 * efficiency, 4.7], 6.0)
    scoring = np.select([runner, passes], [0.032 * efficiency, 0.042], 0.02)
    part = np.where(runner, 1 - rows.style, 0.0) * _role(rows)
    backs = _share(rows, part * rows.talent / (0.1 * gain + 6 * scoring), BACKS_CARRIES, 0.25)
    mean = np.select([runner, passes, rows.of("WR")], [backs, 3.2 * rows.style * passer, 0.12], 0.0)
    carries = _usage(rng, mean, 8.0)
    scores = rng.binomial(carries, scoring)
    fumbles = rng.binomial(carries, np.where(passes, 0.03, 0.008))
    return {
        "carries": carries,
        "rushing_yards": _yards(rng, carries, gain, 2.0, 1.05),
        "rushing_tds": scores,
        "rushing_first_downs": scores + rng.binomial(carries - scores, 0.21),
        "rushing_fumbles": fumbles,
        "rushing_fumbles_lost": rng.binomial(fumbles, 0.45),
    }


def _passing(rng: np.random.Generator, rows: Rows, passer: Floats, stats: Stats) -> Stats:
    passes = rows.of("QB")

    def team(name: str) -> Ints:
        return np.where(passes, rows.total(stats[name])[rows.side], 0).astype(np.int64)

    completions, targets = team("receptions"), team("targets")
    attempts = targets + rng.poisson(1.4, len(passes)) * passes
    sacks = _usage(rng, passes * 2.25 / passer**0.3, 8.0)
    fumbles = rng.binomial(sacks, 0.14)
    lost = np.where(sacks > 0, np.rint(rng.gamma(np.maximum(sacks, 1) * 5, 1.35)), 0)
    risk = np.clip(0.062 / passer**0.5, 0, 0.3)
    return {
        "completions": completions,
        "attempts": attempts,
        "passing_yards": team("receiving_yards"),
        "passing_tds": team("receiving_tds"),
        "passing_first_downs": team("receiving_first_downs"),
        "passing_air_yards": team("receiving_air_yards"),
        "passing_yards_after_catch": team("receiving_yards_after_catch"),
        "passing_interceptions": rng.binomial(attempts - completions, risk),
        "sacks_suffered": sacks,
        "sack_yards_lost": -lost.astype(np.int64),
        "sack_fumbles": fumbles,
        "sack_fumbles_lost": rng.binomial(fumbles, 0.5),
    }


def _shares(rows: Rows, stats: Stats) -> Stats:
    """Target share, air-yard share and WOPR (1.5 and 0.7 of them, the provider's weights)."""
    targets, air = stats["targets"], stats["receiving_air_yards"]
    target_share = targets / np.maximum(rows.total(targets), 1)[rows.side]
    air_share = air / np.maximum(rows.total(air), 1)[rows.side]
    return {
        "target_share": np.round(target_share, 4),
        "air_yards_share": np.round(air_share, 4),
        "wopr": np.round(1.5 * target_share + 0.7 * air_share, 4),
    }


def _extras(rng: np.random.Generator, rows: Rows, passes: Flags, stats: Stats) -> Stats:
    """Two-point tries instead of some kicks, and touchdowns on returns."""
    scores = rows.counts(stats["receiving_tds"] + stats["rushing_tds"])
    tries = rng.binomial(scores, 0.075)
    made = rng.binomial(tries, 0.48)
    by_pass = rng.binomial(made, 0.65)
    catchers = rows.of("WR", "TE", "RB") * rows.talent
    runners = (rows.of("RB") | passes) * rows.talent
    returners = rows.of("WR", "RB") / (1.0 + rows.talent)
    return {
        "receiving_2pt_conversions": rows.allocate(rng, by_pass, catchers),
        "passing_2pt_conversions": np.where(passes, by_pass[rows.side], 0),
        "rushing_2pt_conversions": rows.allocate(rng, made - by_pass, runners),
        "special_teams_tds": rows.allocate(rng, rng.poisson(0.03, rows.sides), returners),
        "_two_point_tries": np.where(passes, tries[rows.side], 0),
    }


def offence(rng: np.random.Generator, rows: Rows) -> Stats:
    """Passing, rushing and receiving columns, one value per row."""
    passes = rows.of("QB")
    passer = (rows.total(passes * rows.talent) / PASSER_AVERAGE)[rows.side]
    script = rng.lognormal(-0.003, 0.08, rows.sides)[rows.side]
    stats = _receiving(rng, rows, passer, script)
    stats |= _rushing(rng, rows, passer)
    stats |= _passing(rng, rows, passer, stats)
    stats |= _extras(rng, rows, passes, stats)
    return stats | _shares(rows, stats)
