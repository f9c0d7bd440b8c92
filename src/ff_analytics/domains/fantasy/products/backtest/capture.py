"""How much of the value that came a list drawn up before had caught.

A league of 12 teams that starts 1 QB, 2 RB, 3 WR, 1 TE and a flex: its flex slots went to 5
running backs, 7 receivers and no tight end in the seasons 2015-2019.
"""

from collections.abc import Mapping

import numpy as np

from ff_analytics.domains.fantasy.products.backtest.cells import Measured, spearman
from ff_analytics.domains.fantasy.projection.data.games import availability
from ff_analytics.domains.fantasy.projection.data.pool import take
from ff_analytics.domains.fantasy.projection.data.table import Floats, Table
from ff_analytics.domains.fantasy.projection.model.walk_forward import Step

STARTERS = {"QB": 12, "RB": 29, "WR": 43, "TE": 12}
PICKS = (24, 48, 100)
DYNASTY_PICKS = 48
DYNASTY_YEARS = 3
DISCOUNT = 0.8
# As much of the list as rosters hold; players below would not be drafted.
_LISTED = 150
_GAMES = 16


def _at_rank(values: Floats, rank: int) -> float:
    """The value of the replacement player; 0 where there are not so many."""
    return float(np.sort(values)[::-1][rank - 1]) if len(values) >= rank else 0.0


def _realised(table: Table, points: Floats, step: Step, h: int) -> Floats:
    """Points over replacement of the step's players `h` seasons on; replacement is of all."""
    season = step.base + h
    pool = points[(table.season == season) & (table.position == step.pool.name)]
    rows = table.find(step.pool.table.player[step.pool.rows[step.rows]], season)
    return take(points, rows) - _at_rank(pool, STARTERS[step.pool.name])


def caught(expected: Floats, realised: Floats, picks: int) -> float:
    """Realised value of the first `picks` by expectation, over that of the best `picks`."""
    value = np.maximum(realised, 0)
    best = np.sort(value)[::-1][:picks].sum()
    return float(value[np.argsort(-expected, kind="stable")[:picks]].sum() / max(best, 1e-9))


def _listed(expected: Floats, realised: Floats) -> float:
    first = np.argsort(-expected, kind="stable")[:_LISTED]
    return spearman(expected[first], realised[first])


def one_year(table: Table, points: Floats, steps: Mapping[str, Step]) -> list[Measured]:
    """Capture at 24, 48 and 100 picks by forecast points over replacement, next season."""
    expected, realised = [], []
    for step in steps.values():
        asked = step.pool.inside[step.rows]
        season = step.forecast.points[step.rows][asked, 0] * _GAMES
        expected.append(season - _at_rank(season, STARTERS[step.pool.name]))
        realised.append(_realised(table, points, step, 1)[asked])
    first, then = np.concatenate(expected), np.concatenate(realised)
    found = [Measured(f"capture_{k}", caught(first, then, k), k) for k in PICKS]
    return [*found, Measured("capture_spearman", _listed(first, then), _LISTED)]


def dynasty(table: Table, points: Floats, steps: Mapping[str, Step]) -> list[Measured]:
    """Capture and rank correlation of three years' value, a fifth discounted per year.

    Expected: sum of discount^(h-1) * share of games * max(0, points per game - replacement).
    """
    expected, realised = [], []
    for step in steps.values():
        asked, share = step.pool.inside[step.rows], availability(step.pool).share[step.rows]
        value, came = np.zeros(int(asked.sum())), np.zeros(int(asked.sum()))
        for h in range(1, DYNASTY_YEARS + 1):
            weight = DISCOUNT ** (h - 1)
            per_game = step.forecast.points[step.rows][asked, h - 1]
            over = np.maximum(per_game - _at_rank(per_game, STARTERS[step.pool.name]), 0)
            value += weight * over * share[asked, h - 1] * _GAMES
            came += weight * np.maximum(_realised(table, points, step, h)[asked], 0)
        expected.append(value)
        realised.append(came)
    first, then = np.concatenate(expected), np.concatenate(realised)
    return [
        Measured(
            f"dynasty_capture_{DYNASTY_PICKS}", caught(first, then, DYNASTY_PICKS), DYNASTY_PICKS
        ),
        Measured("dynasty_spearman", _listed(first, then), _LISTED),
    ]
