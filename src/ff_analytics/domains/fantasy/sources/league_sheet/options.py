"""Options of the source `league-sheet`."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from ff_analytics.domains.fantasy.league.league import load_profile, profile_names
from ff_analytics.domains.fantasy.own_files.style import DECIMAL
from ff_analytics.engine.base.forms.fields import Mark, OneOf
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.sources.source import SourceOptions

_WHERE = (
    "A CSV file below data/ or FF_FILE_SOURCES, an address (https, http on this machine), or the "
    "link of a Google Sheet."
)


class LeagueSheetOptions(SourceOptions):
    """Where the books are. Each is the whole truth of its kind for the league."""

    league: Annotated[str, Mark.NAMES_RUN, OneOf(profile_names)] = Field(
        default_factory=lambda: get_settings().league,
        validate_default=True,
        description="League profile that the books belong to: a file in leagues/, without .yaml.",
    )
    contracts: str | None = Field(
        None,
        examples=["data/contracts.csv"],
        description=f"{_WHERE} Rows of player, franchise, season and salary, or one row per player "
        "with a column per season.",
    )
    rosters: str | None = Field(
        None, examples=["data/rosters.csv"], description=f"{_WHERE} Player, franchise, slot."
    )
    charges: str | None = Field(
        None, description=f"{_WHERE} Franchise, season, kind (dead or traded), dollars, entry."
    )
    whole_contracts: bool = Field(
        True,
        description="The sheet shows contracts from their first year, so that splits are checked; "
        "off = only what is left of them.",
    )

    decimal: Literal[".", ","] | None = Field(None, description=DECIMAL)

    @field_validator("league")
    @classmethod
    def _exists(cls, value: str) -> str:
        load_profile(value)
        return value

    @model_validator(mode="after")
    def _something(self) -> "LeagueSheetOptions":
        if not (self.contracts or self.rosters or self.charges):
            raise ValueError("give contracts, rosters or charges: a CSV file or Google Sheet")
        return self
