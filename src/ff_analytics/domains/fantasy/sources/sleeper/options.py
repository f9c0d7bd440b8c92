"""Options of the source `sleeper`."""

from typing import Annotated

from pydantic import Field

from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.sources.source import SourceOptions

BASE = "https://api.sleeper.app/v1"


class SleeperOptions(SourceOptions):
    """Which league, and what to do with its rules."""

    league_id: Annotated[str, Mark.NAMES_RUN] = Field(
        pattern=r"^\d{1,24}$",
        examples=["987654321000000001"],
        description="The number in the address of the league's page: sleeper.com/leagues/<id>.",
    )
    name: Annotated[str | None, Mark.NAMES_RUN] = Field(
        None,
        pattern=r"^[a-z0-9_]+$",
        description="Name of the league here, and of its profile. Empty = from Sleeper's name.",
    )
    write_profile: bool = Field(
        True, description="Write slots, scoring and teams to leagues/<name>.yaml."
    )
    overwrite_profile: Annotated[bool, Mark.ADVANCED] = Field(
        False, description="Replace a profile that was edited manually."
    )
    base_url: Annotated[str | None, Mark.ADVANCED] = Field(
        None, description="Another place that answers like the API. Empty = Sleeper."
    )
