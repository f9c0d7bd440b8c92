"""Draft picks in a list of players: `2026 Pick 1.03`, `2027 Early 1st`, `2027 2nd`."""

import re

from ff_analytics.domains.fantasy.formulas.dynasty.picks import pick_id

# Slot of a round, or a third of it, or neither.
_PICK = re.compile(
    r"^\s*(?P<season>20\d\d)\s+(?:(?:pick\s+)?(?P<round>\d)\.(?P<slot>\d\d?)"
    r"|(?:(?P<third>early|mid|late)\s+)?(?P<nth>\d)(?:st|nd|rd|th))(?:\s+round)?\s*$",
    re.IGNORECASE,
)


def parse_pick(label: str) -> str | None:
    """The id of the pick that a provider calls `label`; None if it is none."""
    found = _PICK.match(label)
    if found is None:
        return None
    slot = int(found["slot"]) if found["slot"] else found["third"] and found["third"].lower()
    return pick_id(int(found["season"]), int(found["round"] or found["nth"]), slot)
