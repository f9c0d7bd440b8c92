"""Filling slots: by hand, and against every possible line-up."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from ff_analytics.domains.fantasy.formulas.value.lineup import fill
from ff_analytics.domains.fantasy.league.slots import eligible


def fits(chosen: list[str], slots: list[str]) -> bool:
    """True when every chosen position gets a slot of its own, tried one after the other."""
    if not chosen:
        return True
    first, *rest = chosen
    return any(
        first in eligible(slot) and fits(rest, slots[:i] + slots[i + 1 :])
        for i, slot in enumerate(slots)
    )


def best_by_trying_all(players: list[tuple[float, str]], slots: list[str]) -> float:
    for size in range(min(len(players), len(slots)), 0, -1):
        totals = [
            sum(points for points, _ in group)
            for group in combinations(players, size)
            if fits([position for _, position in group], slots)
        ]
        if totals:
            return max(totals)
    return 0.0


def test_flex_goes_to_the_best_who_did_not_start() -> None:
    # RB 300 and 250 fill the RB slots; of RB 200, WR 180, TE 190 the flex takes the RB.
    order = ["RB", "WR", "RB", "WR", "RB", "TE", "TE", "WR"]
    taken = fill({"RB": 2, "WR": 2, "TE": 1, "FLEX": 1}, order)
    assert {p: n for p, n in taken.items() if n} == {"RB": 3, "WR": 2, "TE": 1}


def test_superflex_takes_quarterbacks_and_idp_flex_never_does() -> None:
    order = ["QB"] * 5 + ["LB"] * 3 + ["RB"] * 3
    taken = fill({"QB": 2, "SUPERFLEX": 2, "IDP_FLEX": 1}, order)
    assert {p: n for p, n in taken.items() if n} == {"QB": 4, "LB": 1}


def test_slots_stay_empty_without_players() -> None:
    assert sum(fill({"QB": 2, "FLEX": 3}, ["QB", "WR"]).values()) == 2


SLOTS = ["QB", "RB", "WR", "TE", "FLEX", "WR_RB_FLEX", "WR_TE_FLEX", "SUPERFLEX"]


@settings(max_examples=120)
@given(
    st.lists(
        st.tuples(st.integers(1, 40).map(float), st.sampled_from(["QB", "RB", "WR", "TE"])),
        min_size=1,
        max_size=7,
    ),
    st.lists(st.sampled_from(SLOTS), min_size=1, max_size=4),
)
def test_no_line_up_beats_the_solution(players: list[tuple[float, str]], slots: list[str]) -> None:
    players.sort(reverse=True)
    taken = fill({slot: slots.count(slot) for slot in slots}, [p for _, p in players])
    points = 0.0
    for position, count in taken.items():
        points += sum([value for value, p in players if p == position][:count])
    assert points == best_by_trying_all(players, slots)
