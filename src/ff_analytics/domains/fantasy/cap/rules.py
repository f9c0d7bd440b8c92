"""Salary cap rules of a league profile: data, so that another league's rules need no code."""

from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
Dollars = Annotated[int, Field(ge=0)]

# What a contract can be; a type that is not here would silently be cut at the general share.
TYPES = (
    "faad",
    "fasa",
    "rookie",
    "rookie_option",
    "rookie_non_guaranteed",
    "extension",
    "franchise_tag",
    "waiver_claim",
    "weekly",
    "other",
)


@lru_cache(maxsize=256)
def exact(number: float) -> Fraction:
    """The decimal that was written, not the binary number next to it; parsing it is slow."""
    return Fraction(str(number))


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class ProRatingBand(_Rules):
    """Limits of a pro-rated contract's first and last year, as multiples of its middle year."""

    lowest: float = Field(gt=0, le=1)
    highest: float = Field(ge=1)


class RookieStep(_Rules):
    """Rookie salaries up to and including a draft pick."""

    last_round: int = Field(ge=1)
    last_pick: int | None = Field(None, ge=1, description="Empty = to the end of the round.")
    salary: Dollars = Field(description="Dollars in each of the first three years.")
    option: Dollars = Field(description="Dollars in the fourth, optional year.")


class CompensationStep(_Rules):
    """Draft pick for a restricted free agent whose new contract averages so much or more."""

    average: int = Field(ge=1, description="Dollars per year, rounded up.")
    round: int = Field(ge=1, description="Round of the pick.")


class CapRules(_Rules):
    """Dollars per season; `dead_cap` starts with the season in which the player is cut."""

    base: Dollars = Field(description="Cap of each season; it does not escalate.")
    contract_years: int = Field(ge=1, le=10, description="Longest contract.")
    dead_cap: list[Share] = Field(
        min_length=1,
        description="Share of each remaining year's salary that stays on the cap after a cut, by "
        "season from the current one; each year is rounded up to whole dollars.",
    )
    guarantees: dict[str, Share] = Field(
        default_factory=dict,
        description="Contract types that owe another share after a cut, the same in every year.",
    )
    pro_rating: dict[Annotated[int, Field(ge=2, le=10)], ProRatingBand] = Field(
        description="Contract length in years to the band that its ends must keep."
    )
    rookie_scale: list[RookieStep] = Field(min_length=1)
    compensation: list[CompensationStep] = Field(
        default_factory=list, description="Picks for restricted free agents, cheapest first."
    )
    trade_seasons: int = Field(
        5, ge=0, le=10, description="Seasons whose cap can be traded, the current one included."
    )

    @model_validator(mode="after")
    def _complete(self) -> "CapRules":
        if len(self.dead_cap) < self.contract_years:
            raise ValueError(
                f"dead_cap has {len(self.dead_cap)} years for {self.contract_years}-year contracts"
            )
        if unknown := sorted(set(self.guarantees) - set(TYPES)):
            raise ValueError(
                f"guarantees names {unknown[0]!r}; contract types are {', '.join(TYPES)}"
            )
        if too_long := [length for length in self.pro_rating if length > self.contract_years]:
            raise ValueError(
                f"pro_rating has a band for {too_long[0]} years, but contract_years is "
                f"{self.contract_years}"
            )
        picks = [(step.last_round, step.last_pick or 10_000) for step in self.rookie_scale]
        if picks != sorted(set(picks)):
            raise ValueError("rookie_scale must go from the first pick to the last")
        averages = [step.average for step in self.compensation]
        if averages != sorted(set(averages)):
            raise ValueError("compensation must go from the lowest average to the highest")
        return self

    def share_owed(self, kind: str | None, year: int) -> Fraction:
        """Share owed after a cut for the `year`-th season from the current one (0 = current).

        Exact, since 0.1 x 30 in floating point is a little more than 3 and would round up to 4.
        """
        share = self.guarantees.get(kind or "")
        if share is None:
            share = self.dead_cap[min(year, len(self.dead_cap) - 1)]
        return exact(share)

    def dead_dollars(self, salary: int, kind: str | None, year: int) -> int:
        """Dead cap of one remaining year, whole dollars, rounded up."""
        share = self.share_owed(kind, year)
        # Whole numbers throughout: ceil(a / b) = -(-a // b).
        return -(-share.numerator * salary // share.denominator)

    def compensation_round(self, total: int, years: int) -> int | None:
        """Round of the pick for a restricted free agent signed away; None below the first step."""
        average = ceil(Fraction(total, years))
        reached = [step.round for step in self.compensation if average >= step.average]
        return reached[-1] if reached else None

    def rookie_step(self, round_: int, pick: int) -> RookieStep | None:
        """The step of a rookie draft pick; None for a pick after the last step."""
        for step in self.rookie_scale:
            if (round_, pick) <= (step.last_round, step.last_pick or pick):
                return step
        return None
