"""Plain words for the rules of a league and the columns of the output."""

from ff_analytics.domains.fantasy.cap import CapRules
from ff_analytics.engine.report.numbers import dollars, percent

COLUMNS = {
    "franchise": ("name", "Fantasy team."),
    "projection_year": ("season", "Season of the cap, the current one first."),
    "scenario_name": ("name", "baseline, cut, extension or trade."),
    "base_cap": ("dollars", "Cap of the season by the rules."),
    "active_obligations": ("dollars", "Salaries of players under contract."),
    "dead_cap_obligations": ("dollars", "Still owed for players who were cut."),
    "traded_cap_net": ("dollars", "Cap received less cap given away."),
    "available_cap_space": ("dollars", "Base less active less dead plus traded."),
    "change_from_baseline": ("dollars", "Room less that of the baseline."),
    "contracts": ("players", "Players under contract in the season."),
    "over_cap": ("true/false", "True when the room is negative."),
    "moves": ("text", "What the franchise does in the scenario."),
}


def _dead(rules: CapRules) -> str:
    shares = ", ".join(percent(share) for share in rules.dead_cap)
    other = "; ".join(f"{kind} {percent(share)}" for kind, share in rules.guarantees.items())
    text = (
        f"A player who is cut leaves {shares} of each remaining year's salary behind, from the "
        "current season on; each year is rounded up to whole dollars."
    )
    return f"{text} Other contracts: {other}." if other else text


def method_words(rules: CapRules) -> list[tuple[str, str]]:
    """The league's rules as headed sentences."""
    bands = "; ".join(
        f"{years} years {percent(band.lowest)} to {percent(band.highest)}"
        for years, band in sorted(rules.pro_rating.items())
    )
    words = [
        (
            "Cap",
            f"{dollars(rules.base)} each season; longest contract {rules.contract_years} years.",
        ),
        ("Cuts", _dead(rules)),
        (
            "Contracts",
            "Years are equal, odd dollars fall in the last ones."
            + (f" Pro-rated, first and last year against the middle: {bands}." if bands else ""),
        ),
    ]
    if rules.compensation:
        picks = "; ".join(f"round {s.round} from {dollars(s.average)}" for s in rules.compensation)
        words.append(("Restricted free agents", f"Pick by average year: {picks}."))
    words.append(
        (
            "Defaults",
            "By default, cut is, for each franchise, the one cut that frees most this "
            "season; extension its costliest expiring contract at the same salary; trade sends the "
            "costliest contract that fits from the franchise with least room to the one with most.",
        )
    )
    return words
