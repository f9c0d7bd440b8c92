"""Players who have not played yet: what became of those drafted where they were."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.projection.data.pool import per_game, take
from ff_analytics.domains.fantasy.projection.data.settings import HORIZON, SCORED_GAMES
from ff_analytics.domains.fantasy.projection.data.table import Flags, Floats, Ints, Table
from ff_analytics.domains.fantasy.projection.model.ranges import ranges

# Seasons that a drafted player may have waited for his first game and still be expected.
WAITED = (0, 1, 2)
_ENOUGH = 20
# Rows of a typical rookie mixed in, so that a thin class does not turn the curve round.
_PRIOR = 5.0
_LEAST_WEIGHT = 0.1
FULL_SEASON = 16


@dataclass(frozen=True)
class Rookies:
    """Who is expected, and arrays of them x horizons; `ranges` has p10, p50, p90 last."""

    who: pl.DataFrame
    points: Floats
    ranges: Floats
    share: Floats
    survival: Floats


def _curve(pick: Floats, outcome: Floats, weight: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Weighted parabola in the logarithm of the pick: at the new picks, and at the old ones."""
    x = np.log(pick)
    centre, level = np.average(x, weights=weight), np.average(outcome, weights=weight)

    def columns(picks: Floats) -> Floats:
        step = np.log(picks) - centre
        return np.column_stack([np.ones(len(step)), step, step**2])

    weighted = columns(pick).T * weight
    normal = weighted @ columns(pick) + np.diag([0.0, _PRIOR, _PRIOR])
    found = np.linalg.solve(normal, weighted @ (outcome - level))
    return level + columns(at) @ found, level + columns(pick) @ found


class Drafted:
    """All drafted players of a position, beside the history: the same for every league."""

    def __init__(self, table: Table, players: pl.DataFrame, position: str, base: int) -> None:
        """`players`: rows of `core.dim_player` with the columns `columns.DRAFTED`."""
        self.who = players.filter(
            pl.col("position") == position,
            pl.col("draft_pick") >= 1,
            pl.col("draft_year") <= base + 1,
        )
        codes = table.labels.select("player_id", code=pl.Series(table.player)).unique("player_id")
        joined = self.who.join(codes, on="player_id", how="left", maintain_order="left")
        self.table, self.base = table, base
        self.code = joined["code"].fill_null(-1).to_numpy()
        self.year = self.who["draft_year"].cast(pl.Int64).to_numpy()
        self.pick = self.who["draft_pick"].cast(pl.Float64).to_numpy()
        debut = np.full(int(table.player.max(initial=0)) + 2, np.iinfo(np.int64).max)
        np.minimum.at(debut, table.player, table.season)
        self.debut = debut[self.code]

    def new(self, waited: int) -> Flags:
        """Drafted so many seasons ago and not seen yet."""
        return np.asarray((self.year == self.base + 1 - waited) & (self.debut > self.base))

    def learns(self, waited: int, season: Ints) -> Flags:
        """Not seen in the first `waited` seasons, and `season` is known."""
        since = (self.year >= self.table.seasons[0]) & (self.debut >= self.year + waited)
        return np.asarray(since & np.isin(season, self.table.seasons))

    def outcome(self, season: Ints, ppg: Floats) -> tuple[Floats, Floats]:
        """Points per game and share of games in that season of each; 0 without a game."""
        rows = self.table.find(self.code, season)
        games, full = take(self.table.games, rows), take(self.table.full, rows, 1.0)
        return take(ppg, rows), np.minimum(games / full, 1.0)


class _Horizon(NamedTuple):
    """Of the players of a class: points, their ranges, share of games, survival."""

    points: Floats
    ranges: Floats
    share: Floats
    survival: Floats


def _horizon(drafted: Drafted, ppg: Floats, waited: int, h: int) -> _Horizon | None:
    """What the class that has waited so long does in `h` seasons; None with too few examples."""
    season = drafted.year + waited + h - 1
    old = drafted.learns(waited, season)
    points, share = drafted.outcome(season, ppg)
    played = old & (share > 0)
    if old.sum() < _ENOUGH or played.sum() < _ENOUGH:
        return None
    pick, at = drafted.pick, drafted.pick[drafted.new(waited)]
    even = np.ones(old.sum())
    shares, _ = _curve(pick[old], share[old], even, at)
    plays, _ = _curve(pick[old], (share[old] > 0).astype(np.float64), even, at)
    shares, plays = np.clip(shares, 0, 1), np.clip(plays, 0, 1)
    mean, fitted = _curve(pick[played], points[played], share[played] + _LEAST_WEIGHT, at)
    mean = np.maximum(mean, points[played].min())
    enough = share[played] * FULL_SEASON >= SCORED_GAMES
    residual = np.where(enough, points[played] - fitted, np.nan)
    return _Horizon(mean, ranges(mean, fitted, residual), shares, np.maximum(shares, plays))


def _class(drafted: Drafted, ppg: Floats, waited: int) -> list[_Horizon] | None:
    """By horizon; one without examples is like the one before. None without any."""
    found: list[_Horizon] = []
    for h in range(1, HORIZON + 1):
        here = _horizon(drafted, ppg, waited, h)
        if here is None and not found:
            return None
        found.append(here or found[-1])
    return found


def rookies(drafted: Drafted, points: Floats) -> Rookies | None:
    """Drafted players without a game by the end of the base season; None if there are none.

    Undrafted rookies are not expected: who they are is not known before they play. Draft slots
    as in the rookie tables of DynastyProcess (https://dynastyprocess.com/values/), by a curve
    instead of bands.
    """
    if not len(drafted.year) or not len(drafted.table.seasons):
        return None
    ppg = per_game(points, drafted.table.games)
    parts, who = [], []
    for waited in WAITED:
        new = drafted.new(waited)
        found = _class(drafted, ppg, waited) if new.any() else None
        if found:
            parts.append([np.stack(column, axis=1) for column in zip(*found, strict=True)])
            who.append(drafted.who.filter(pl.Series(new)))
    if not who:
        return None
    points_, ranges_, share, survival = (np.concatenate(c) for c in zip(*parts, strict=True))
    return Rookies(pl.concat(who), points_, ranges_, share, survival)
