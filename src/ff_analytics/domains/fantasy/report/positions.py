"""Order, names and colour classes of fantasy positions."""

NAMES = {
    "QB": "Quarterbacks",
    "RB": "Running backs",
    "WR": "Wide receivers",
    "TE": "Tight ends",
    "K": "Kickers",
    "DST": "Team defences",
    "DL": "Defensive linemen",
    "LB": "Linebackers",
    "DB": "Defensive backs",
}
ORDER = tuple(NAMES)


def sort_key(position: str) -> tuple[int, str]:
    """Usual order of a draft board; unknown positions follow by name."""
    # A tuple, so that unknown positions have an order of their own behind the known ones.
    return (ORDER.index(position) if position in NAMES else len(ORDER), position)


def title(position: str) -> str:
    return NAMES.get(position, position)


def css(position: str) -> str:
    """Class that sets the colour `--c`; unknown positions share a neutral one."""
    return f"pos-{position.lower()}" if position in NAMES else "pos-other"
