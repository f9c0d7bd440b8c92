"""Plain words for the rules of a league; those for the columns stand in the contract."""

from ff_analytics.domains.fantasy.cap import CapRules
from ff_analytics.engine.report.numbers import dollars, percent


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
