"""What a rookie draft pick is worth, by slot: what picks returned, and what hindsight would get.

The blend of both is that of DynastyProcess ("Values", dynastyprocess.com/values). Fitted by
`benchmarks/fantasy/pick_curve.py` on the classes of 1999-2015 in nflverse: skill players in order
of the mean return of their position and NFL draft slot; five seasons of points above a 12-team
league's last starter (PPR), seasons out of the league counted as 0.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Return of the first pick, in next-season values of an average top-24 player, and the share
# that each further slot loses.
_RETURNED = (3.03, 0.0913)
_HINDSIGHT = (7.24, 0.2092)
# When the return comes: rookie season to fifth; of the first 24 slots.
BY_SEASON = (0.10, 0.22, 0.26, 0.20, 0.22)
# Best players whose next season is the unit of the curve.
STANDARD = 24


def pick_id(season: int, round_: int, slot: int | str | None = None) -> str:
    """`PICK-2026-1-03`, `PICK-2027-1-early`, or `PICK-2027-2` for a round as a whole."""
    where = f"{slot:02d}" if isinstance(slot, int) else slot
    return f"PICK-{season}-{round_}" + (f"-{where}" if where else "")


def curve(slots: int, optimism: float) -> Floats:
    """Five-season return by slot from 1, in standard seasons; falls from slot to slot."""
    place = np.arange(slots)
    returned, hindsight = (a * np.exp(-b * place) for a, b in (_RETURNED, _HINDSIGHT))
    return np.asarray((1 - optimism) * returned + optimism * hindsight)


def by_season(total: Floats, seasons: int, *, wait: int) -> Floats:
    """The return of each pick (rows) over the seasons ahead (columns), drafted after `wait` years.

    Seasons beyond the last column are added to it: a pick of a later draft is no poorer for
    a horizon that ends.
    """
    spread = np.zeros((len(total), seasons))
    for year, share in enumerate(BY_SEASON):
        spread[:, min(year + wait, seasons - 1)] += share * total
    return spread


def coming_picks(season: int, teams: int, rounds: int, drafts: int) -> pl.DataFrame:
    """player_id, player_name, wait, round, slot of the drafts from `season` on.

    By slot for the next draft, by round (slot null) for those after it, whose order is not
    knows yet. `wait`: years until the draft.
    """
    rows = [
        (
            pick_id(season + wait, round_, slot),
            f"{season + wait} pick {round_}" + (f".{slot:02d}" if slot else ""),
            wait,
            round_,
            slot,
        )
        for wait in range(drafts)
        for round_ in range(1, rounds + 1)
        for slot in (range(1, teams + 1) if wait == 0 else (None,))
    ]
    kinds = {"player_id": pl.String, "player_name": pl.String, "wait": pl.Int64}
    return pl.DataFrame(rows, schema=kinds | {"round": pl.Int64, "slot": pl.Int64}, orient="row")


def pick_values(
    drafts: pl.DataFrame, next_season: Floats, teams: int, seasons: int, optimism: float
) -> Floats:
    """Expected points by pick (rows of `coming_picks`) and season ahead.

    The unit is the mean next season of the league's best players, so that scoring and line-up
    carry over to picks. A whole round is the mean of its slots.
    """
    unit = float(np.sort(next_season)[::-1][:STANDARD].mean()) if len(next_season) else 0.0
    spread = np.zeros((drafts.height, seasons))
    for row, (wait, round_, slot) in enumerate(drafts.select("wait", "round", "slot").iter_rows()):
        of_round = curve(round_ * teams, optimism)[-teams:]
        total = of_round.mean() if slot is None else of_round[slot - 1]
        spread[row] = by_season(unit * np.array([total]), seasons, wait=wait)
    return spread
