"""Salary cap rules of a league profile: data for contract and cap products."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
Dollars = Annotated[int, Field(ge=0)]


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


class CapRules(_Rules):
    """Dollars per season; `dead_cap` starts with the season in which the player is cut."""

    base: Dollars
    contract_years: int = Field(ge=1, le=10)
    dead_cap: list[Share] = Field(
        min_length=1,
        description="Share of each remaining year's salary that stays on the cap after a cut, by "
        "season from the current one; each year is rounded up to whole dollars.",
    )
    pro_rating: dict[Annotated[int, Field(ge=2, le=10)], ProRatingBand] = Field(
        description="Contract length in years to the band that its ends must keep."
    )
    rookie_scale: list[RookieStep] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> "CapRules":
        if len(self.dead_cap) < self.contract_years:
            raise ValueError(
                f"dead_cap has {len(self.dead_cap)} years for {self.contract_years}-year contracts"
            )
        return self
