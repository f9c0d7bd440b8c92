"""A contract: what a franchise owes a player per season, and whether the rules allow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ff_analytics.domains.fantasy.cap.rules import CapRules, exact

# Types whose salaries the rookie scale fixes, so that neither split nor band applies.
SCALED = ("rookie", "rookie_option", "rookie_non_guaranteed")


@dataclass(frozen=True, slots=True)
class Year:
    """One season of a contract, whole dollars."""

    season: int
    salary: int
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """What is left of a player's contract, seasons in order."""

    player_id: str
    franchise: str
    years: tuple[Year, ...]

    @property
    def last(self) -> Year:
        return self.years[-1]

    def salary_in(self, season: int) -> int:
        """Dollars of that season; 0 outside the contract."""
        return sum(year.salary for year in self.years if year.season == season)


def standard_split(total: int, years: int) -> tuple[int, ...]:
    """Equal years; the dollars that do not divide fall one each in the last years.

    100 over 3 years is 33-33-34.
    """
    each, odd = divmod(total, years)
    return tuple(each + (year >= years - odd) for year in range(years))


def _middle(salaries: Sequence[int]) -> Fraction:
    """The middle year, or the mean of the two middle ones."""
    half = len(salaries) // 2
    if len(salaries) % 2:
        return Fraction(salaries[half])
    return Fraction(salaries[half - 1] + salaries[half], 2)


def _outside_band(salaries: Sequence[int], rules: CapRules) -> str | None:
    band = rules.pro_rating[len(salaries)]
    middle = _middle(salaries)
    low, high = (exact(limit) * middle for limit in (band.lowest, band.highest))
    for name, salary in (("first", salaries[0]), ("last", salaries[-1])):
        if not low <= salary <= high:
            return (
                f"the {name} year (${salary}) is outside ${float(low):g} to ${float(high):g}, "
                f"{band.lowest:g} to {band.highest:g} times the middle (${float(middle):g})"
            )
    return None


def broken_rule(salaries: Sequence[int], rules: CapRules) -> str | None:
    """Why the league does not allow this contract; None when it does.

    `salaries` are the whole contract from its first year, dollars. Allowed are the standard
    split of any length, and for the lengths with a band a contract that only rises or only
    falls (plateaus included) with both ends inside the band around its middle.
    """
    years = len(salaries)
    if years > rules.contract_years:
        return f"it runs {years} years, the longest contract is {rules.contract_years}"
    if min(salaries) < 1:
        return f"a year pays ${min(salaries)}; each year costs at least $1"
    standard = standard_split(sum(salaries), years)
    if tuple(salaries) == standard:
        return None
    split = "-".join(map(str, standard))
    if years not in rules.pro_rating:
        return f"{years} years are not pro-rated; the standard split is {split}"
    if list(salaries) not in (sorted(salaries), sorted(salaries, reverse=True)):
        return f"it neither only rises nor only falls; the standard split is {split}"
    outside = _outside_band(salaries, rules)
    return f"{outside}; the standard split is {split}" if outside else None


def off_scale(year: Year, rules: CapRules) -> str | None:
    """Why a rookie salary is none of the rookie scale's; None when it is, or for other types."""
    if year.kind not in SCALED:
        return None
    option = year.kind == "rookie_option"
    paid = {step.option if option else step.salary for step in rules.rookie_scale}
    if year.salary in paid:
        return None
    scale = ", ".join(f"${dollars}" for dollars in sorted(paid))
    return f"${year.salary} is not on the rookie scale ({scale})"


def violation(years: Sequence[Year], rules: CapRules) -> str | None:
    """The first broken rule of a whole contract, part by part: a rookie contract and the
    extension behind it were signed apart."""
    for year in years:
        if reason := off_scale(year, rules):
            return reason
    parts: dict[str | None, list[int]] = {}
    for year in years:
        if year.kind not in SCALED:
            parts.setdefault(year.kind, []).append(year.salary)
    return next((r for part in parts.values() if (r := broken_rule(part, rules))), None)
