"""Who enters the league: yearly classes of rookies with talent, style, birth and draft."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.sources.sample.generator.curves import Floats

AUGUST = 2 / 3  # a player's age of the season is the one on the first of September
DRAFT_PICKS = 224
TEAM_COUNT = 32


@dataclass(frozen=True)
class Group:
    """One position group.

    Talent is PPR points per game for QB, RB, FB, WR and TE, and a multiple of an average
    player for K, DL, LB and DB. It stays below `ceiling`; its log odds against the ceiling
    are normal among rookies (`level`, `spread`) and wander by `drift` a year, which gives
    the real shape of a position: few stars, a broad middle, a steep end.
    """

    positions: dict[str, float]
    per_team: int
    rookies: int
    ceiling: float
    level: float
    spread: float
    drift: float
    age: float = 22.4
    draft_bias: float = 0.0
    teams: int = TEAM_COUNT

    def talent(self, log_odds: Floats) -> Floats:
        """Talent at these log odds against the ceiling."""
        return np.asarray(self.ceiling / (1 + np.exp(-log_odds)), dtype=np.float64)

    def log_odds(self, talent: Floats) -> Floats:
        """Inverse of `talent`; whoever exceeds the ceiling is brought back under it."""
        part = np.clip(talent / self.ceiling, 1e-4, 0.97)
        return np.asarray(np.log(part / (1 - part)), dtype=np.float64)


GROUPS: dict[str, Group] = {
    "QB": Group({"QB": 1}, 2, 12, 22.0, -0.65, 1.2, 0.35, age=22.9, draft_bias=0.5),
    "RB": Group({"RB": 1}, 4, 36, 25.5, -1.5, 1.3, 0.35),
    "FB": Group({"FB": 1}, 1, 4, 4.0, -1.0, 0.5, 0.20, draft_bias=-2.0, teams=10),
    "WR": Group({"WR": 1}, 6, 46, 20.0, -1.2, 1.4, 0.35, draft_bias=0.1),
    "TE": Group({"TE": 1}, 3, 24, 16.0, -1.6, 1.4, 0.35, age=22.8, draft_bias=-0.1),
    "K": Group({"K": 1}, 1, 14, 2.0, 0.0, 0.1, 0.05, age=23.4, draft_bias=-2.5),
    "DL": Group({"DE": 0.48, "DT": 0.42, "NT": 0.1}, 5, 44, 2.0, -0.4, 0.6, 0.2, draft_bias=0.2),
    "LB": Group({"OLB": 0.4, "ILB": 0.35, "MLB": 0.1, "LB": 0.15}, 5, 44, 1.8, -0.3, 0.6, 0.2),
    "DB": Group({"CB": 0.5, "FS": 0.2, "SS": 0.2, "S": 0.1}, 6, 52, 1.8, -0.3, 0.6, 0.2),
}


def _style(rng: np.random.Generator, name: str, count: int) -> Floats:
    """QB: rushing against the average; RB: share of points as receiver; else a mild accent."""
    if name == "QB":
        return rng.lognormal(-0.30, 0.65, count).clip(0.15, 2.8)
    if name in ("RB", "FB"):
        return rng.beta(8, 12, count).clip(0.2, 0.75)
    return rng.lognormal(0, 0.04 if name == "K" else 0.13, count)


def _classes(rng: np.random.Generator, name: str, years: range) -> pl.DataFrame:
    group = GROUPS[name]
    count = group.rookies * len(years)
    entry = np.repeat(np.array(years), group.rookies)
    age = rng.normal(group.age, 0.7, count).clip(20.7, 25.9)
    shares = np.array(list(group.positions.values()))
    strength = rng.normal(size=count)
    scout = 0.8 * strength + rng.normal(0, 0.6, count) + group.draft_bias
    return pl.DataFrame(
        {
            "group": [name] * count,
            "position": rng.choice(list(group.positions), size=count, p=shares / shares.sum()),
            "entry": entry,
            "born": entry + AUGUST - age,
            "talent": group.talent(group.level + group.spread * strength),
            "style": _style(rng, name, count),
            "scout": scout,
        }
    )


def rookie_classes(rng: np.random.Generator, years: range) -> pl.DataFrame:
    """Every player who ever tries, one row each, with `draft_pick` 1..224 or null.

    Scouts see talent through noise, so an early pick is a good bet and no more.
    """
    people = pl.concat([_classes(rng, name, years) for name in GROUPS])
    pick = pl.col("scout").rank("ordinal", descending=True).over("entry").cast(pl.Int32)
    return people.with_columns(
        player=pl.int_range(pl.len()), draft_pick=pl.when(pick <= DRAFT_PICKS).then(pick)
    ).drop("scout")
