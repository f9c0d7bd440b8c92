"""The constitution's cap rules, and small leagues by hand and by hypothesis."""

from collections.abc import Sequence

from hypothesis import strategies as st

from ff_analytics.domains.fantasy.cap import (
    Book,
    CapRules,
    Charge,
    Contract,
    Year,
    ledger,
    standard_split,
)
from ff_analytics.domains.fantasy.cap.rules import TYPES
from ff_analytics.domains.fantasy.league.league import load_profile

SEASON = 2026
TEAMS = ("Ants", "Bees", "Cats")


def the_rules() -> CapRules:
    rules = load_profile("dynasty_half_ppr").cap
    assert rules is not None
    return rules


def signed(
    player: str, team: str, *salaries: int, first: int = SEASON, kind: str | None = None
) -> Contract:
    return Contract(player, team, tuple(Year(first + i, s, kind) for i, s in enumerate(salaries)))


def book(*contracts: Contract, charges: Sequence[Charge] = (), season: int = SEASON) -> Book:
    held = {contract.player_id: contract for contract in contracts}
    return Book(the_rules(), season, TEAMS, held, tuple(charges))


def available(given: Book, team: str) -> list[int]:
    return [line.available for line in ledger(given) if line.franchise == team]


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Leagues of three teams with any legal contracts, dead cap, and traded cap that adds up."""
    contracts = []
    for number in range(draw(st.integers(0, 8))):
        split = standard_split(draw(st.integers(5, 120)), draw(st.integers(1, 5)))
        team, kind = draw(st.sampled_from(TEAMS)), draw(st.sampled_from((None, *TYPES)))
        contracts.append(signed(f"P{number}", team, *split, kind=kind))
    charges = []
    for _ in range(draw(st.integers(0, 4))):
        season, dollars = SEASON + draw(st.integers(0, 4)), draw(st.integers(1, 60))
        giver, taker = draw(st.permutations(TEAMS))[:2]
        charges.append(Charge(giver, season, "dead", dollars))
        charges.append(Charge(giver, season, "traded", -dollars))
        charges.append(Charge(taker, season, "traded", dollars))
    return book(*contracts, charges=charges)
