"""Draft picks in a list of players: `2026 Pick 1.03`, `2027 Early 1st`, `2027 2nd`."""

import re

# Slot of a round, or a third of it, or neither.
_PICK = re.compile(
    r"^\s*(?P<season>20\d\d)\s+(?:(?:pick\s+)?(?P<round>\d)\.(?P<slot>\d\d?)"
    r"|(?:(?P<third>early|mid|late)\s+)?(?P<nth>\d)(?:st|nd|rd|th))(?:\s+round)?\s*$",
    re.IGNORECASE,
)


def pick_id(season: int, round_: int, slot: int | str | None = None) -> str:
    """`PICK-2026-1-03`, `PICK-2027-1-early`, or `PICK-2027-2` for a round as a whole."""
    where = f"{slot:02d}" if isinstance(slot, int) else slot
    return f"PICK-{season}-{round_}" + (f"-{where}" if where else "")


def parse_pick(label: str) -> str | None:
    """The id of the pick that a provider calls `label`; None if it is none."""
    found = _PICK.match(label)
    if found is None:
        return None
    slot = int(found["slot"]) if found["slot"] else found["third"] and found["third"].lower()
    return pick_id(int(found["season"]), int(found["round"] or found["nth"]), slot)
