"""Defence: what happened to the opponent's offence is shared among the defenders."""

import numpy as np

from ff_analytics.domains.fantasy.sources.sample.generator.curves import Floats
from ff_analytics.domains.fantasy.sources.sample.generator.games.lineup import Ints, Rows, Stats

# Weight of an average defender of a position in tackles, sacks, and plays on the ball.
PLACES: dict[str, tuple[float, float, float]] = {
    "DE": (1.3, 1.00, 0.10),
    "DT": (1.2, 0.50, 0.05),
    "NT": (1.1, 0.25, 0.03),
    "OLB": (1.9, 0.70, 0.18),
    "ILB": (3.2, 0.22, 0.35),
    "MLB": (3.3, 0.20, 0.35),
    "LB": (2.5, 0.30, 0.30),
    "CB": (2.0, 0.02, 1.10),
    "FS": (2.5, 0.04, 0.90),
    "SS": (2.8, 0.08, 0.75),
    "S": (2.6, 0.06, 0.80),
}


def _weights(rows: Rows) -> tuple[Floats, Floats, Floats]:
    position = rows.frame["position"].to_list()
    place = np.array([PLACES.get(name, (0.0, 0.0, 0.0)) for name in position])
    # Talent counts more where fewer plays decide: sacks and interceptions.
    return (
        place[:, 0] * rows.talent**0.8,
        place[:, 1] * rows.talent**1.5 * rows.style,
        place[:, 2] * rows.talent**1.2 * rows.style,
    )


def _against(rows: Rows, stats: Stats, *names: str) -> Ints:
    """Sum of the opponent's columns per side."""
    return rows.opponents(rows.counts(np.sum([stats[name] for name in names], axis=0)))


def _tackles(rng: np.random.Generator, rows: Rows, plays: Ints, weight: Floats) -> Stats:
    # Some plays end out of bounds, in the end zone or with a special-teams tackle.
    ended = rng.binomial(plays, 0.86)
    shared = rng.binomial(ended, 0.24)
    return {
        "def_tackles_solo": rows.allocate(rng, ended - shared, weight),
        "def_tackle_assists": rows.allocate(rng, shared + rng.binomial(shared, 0.35), weight),
        "def_tackles_with_assist": rows.allocate(rng, rng.binomial(shared, 0.3), weight),
    }


def _pressure(rng: np.random.Generator, rows: Rows, stats: Stats, weight: Floats) -> Stats:
    sacks = _against(rows, stats, "sacks_suffered")
    halves = rng.binomial(sacks, 0.12)
    alone = rows.allocate(rng, sacks - halves, weight)
    with_help = rows.allocate(rng, 2 * halves, weight)
    earned = alone + 0.5 * with_help
    each = -_against(rows, stats, "sack_yards_lost") / np.maximum(sacks, 1)
    for_loss = alone + rows.allocate(rng, rng.poisson(2.7, rows.sides), weight + 0.1)
    hits = alone + with_help + rows.allocate(rng, rng.poisson(3.2, rows.sides), weight)
    return {
        "def_sacks": earned,
        "def_sack_yards": np.round(earned * each[rows.side], 1),
        "def_qb_hits": hits,
        "def_tackles_for_loss": for_loss,
        "def_tackles_for_loss_yards": for_loss * 3 + rng.binomial(for_loss, 0.5),
    }


def _takeaways(
    rng: np.random.Generator, rows: Rows, stats: Stats, tackle: Floats, ball: Floats
) -> Stats:
    caught = _against(rows, stats, "passing_interceptions")
    fumbles = ("sack_fumbles", "rushing_fumbles", "receiving_fumbles")
    dropped = _against(rows, stats, *fumbles)
    lost = _against(rows, stats, *(f"{name}_lost" for name in fumbles))
    interceptions = rows.allocate(rng, caught, ball)
    recovered = rows.allocate(rng, lost, tackle)
    returned = rng.binomial(caught, 0.1) + rng.binomial(lost, 0.06)
    return {
        "def_interceptions": interceptions,
        "def_interception_yards": np.where(
            interceptions > 0, rng.gamma(0.9, 14.0, len(ball)).astype(np.int64), 0
        ),
        "def_pass_defended": interceptions + rows.allocate(rng, rng.poisson(3.3, rows.sides), ball),
        "def_fumbles_forced": rows.allocate(rng, rng.binomial(dropped, 0.8), tackle),
        "fumble_recovery_opp": recovered,
        # Only who took the ball can carry it home.
        "def_tds": rows.allocate(rng, returned, (interceptions + recovered).astype(np.float64)),
    }


def defence(rng: np.random.Generator, rows: Rows, stats: Stats) -> Stats:
    """Defensive columns; sacks, interceptions and fumbles equal those of the opponent."""
    tackle, rush, ball = _weights(rows)
    plays = _against(rows, stats, "carries", "receptions")
    out = _tackles(rng, rows, plays, tackle)
    out |= _pressure(rng, rows, stats, rush)
    out |= _takeaways(rng, rows, stats, tackle, ball)
    out["def_safeties"] = rows.allocate(rng, rng.poisson(0.025, rows.sides), rush)
    return out
