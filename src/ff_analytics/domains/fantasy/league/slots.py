"""Roster slots and which positions may fill them."""

POSITIONS = ("QB", "RB", "WR", "TE", "K", "DST", "DL", "LB", "DB")
SKILL = ("QB", "RB", "WR", "TE")
IDP = ("DL", "LB", "DB")

STARTING: dict[str, tuple[str, ...]] = {
    **{position: (position,) for position in POSITIONS},
    "FLEX": ("RB", "WR", "TE"),
    "WR_RB_FLEX": ("WR", "RB"),
    "WR_TE_FLEX": ("WR", "TE"),
    "SUPERFLEX": SKILL,
    "IDP_FLEX": IDP,
}
# No kicker or team defence here: managers stream them, so a bench filled with the
# thirteenth kicker would push real reserves out of the rostered pool.
BENCH: dict[str, tuple[str, ...]] = {"BENCH": SKILL + IDP, "IDP_BENCH": IDP}
RESERVE: dict[str, tuple[str, ...]] = {
    "TAXI": SKILL + IDP,
    "IDP_TAXI": IDP,
    "IR": POSITIONS,
}
SLOTS: dict[str, tuple[str, ...]] = STARTING | BENCH | RESERVE


def eligible(slot: str) -> tuple[str, ...]:
    """Positions that may fill `slot`; `KeyError` for a slot that does not exist."""
    return SLOTS[slot]
