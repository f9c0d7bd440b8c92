"""Fill the league's slots with the best players: who starts, who sits on a bench."""

from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np

from ff_analytics.domains.fantasy.league.slots import POSITIONS, eligible


def fill(capacity: Mapping[str, int], candidates: Iterable[str]) -> dict[str, int]:
    """How many players of each position the slots take, the best candidates first.

    `capacity`: slot name to number of slots in the whole league. `candidates`: positions of
    the players, best first. The result maximises the value of the filled slots for any mix
    of overlapping flex slots: the sets of players that fit form a transversal matroid, on
    which greedy choice is optimal (Edmonds 1971). A set fits if for every group of positions
    its players do not outnumber the slots that take any of them (Hall 1935).
    """
    groups = np.array(list(product((False, True), repeat=len(POSITIONS))))[1:]
    room = np.zeros(len(groups), dtype=np.int64)
    for slot, count in capacity.items():
        takes = np.isin(POSITIONS, eligible(slot))
        room += count * (groups & takes).any(axis=1)
    holding = {p: np.flatnonzero(groups[:, i]) for i, p in enumerate(POSITIONS)}
    taken = dict.fromkeys(POSITIONS, 0)
    left = sum(capacity.values())
    for position in candidates:
        rows = holding[position]
        if not left:
            break
        if (room[rows] > 0).all():
            room[rows] -= 1
            taken[position] += 1
            left -= 1
    return taken
