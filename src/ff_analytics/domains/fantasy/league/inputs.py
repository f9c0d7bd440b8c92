"""What products about a fantasy league share: the league parameter, and the marts of its books."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, field_validator

from ff_analytics.domains.fantasy.league.league import (
    LeagueProfile,
    load_profile,
    profile_names,
)
from ff_analytics.engine.base.forms.fields import Mark, OneOf
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.products.product import MartInput

CONTRACTS = "marts.mrt_contract_current"
MARKET = "marts.mrt_market_value_current"
PROFILES = "raw_league.profiles"
PROJECTIONS = "analytics.mrt_multi_year_projections"


class LeagueChoice(BaseModel):
    """The parameter `league`, checked when it is given. Comes last among the bases, so that the
    form shows it first."""

    league: Annotated[str, Mark.NAMES_RUN, OneOf(profile_names)] = Field(
        default_factory=lambda: get_settings().league,
        validate_default=True,
        description="League profile: the name of a file in leagues/, without .yaml.",
    )

    @field_validator("league")
    @classmethod
    def _exists(cls, value: str) -> str:
        load_profile(value)
        return value

    @property
    def profile(self) -> LeagueProfile:
        """The profile as the file says now."""
        return load_profile(self.league)

    def report_facts(self) -> dict[str, Any]:
        """Fields of `ReportMeta` that the league's profile gives."""
        from ff_analytics.domains.fantasy.report.league import facts

        return facts(self.profile)


def of_the_league(params: LeagueChoice) -> tuple[str, list[Any]]:
    """Rows of the league: `where` of a `MartInput`."""
    return "league = ?", [params.league]


CONTRACTS_INPUT = MartInput(
    mart=CONTRACTS,
    columns=("player_id", "franchise", "season", "salary"),
    upstream=("raw_league.contracts", "raw_league.rosters"),
    where=of_the_league,
    allow_empty=True,
)
MARKET_INPUT = MartInput(
    mart=MARKET,
    columns=("format", "player_id", "value", "valued_on"),
    upstream=("raw_market.values",),
    allow_empty=True,
)
# The profile as of the snapshot, so that a run on the past does not see today's file.
PROFILE_INPUT = MartInput(mart=PROFILES, columns=("league", "json"), where=of_the_league)


def sync_leagues_first(settings: Any) -> None:
    """`prepare` of a product: league profiles must be in the lake before the marts are built."""
    from ff_analytics.domains.fantasy.league.sync import sync_leagues

    sync_leagues(settings)
