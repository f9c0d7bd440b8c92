"""Options of the source `sleeper`."""

from pydantic import Field

from ff_analytics.engine.sources.source import SourceOptions

BASE = "https://api.sleeper.app/v1"


class SleeperOptions(SourceOptions):
    """Which league, and what to do with its rules."""

    league_id: str = Field(
        pattern=r"^\d{1,24}$",
        description="The number in the address of the league's page: sleeper.com/leagues/<id>.",
    )
    name: str | None = Field(
        None,
        pattern=r"^[a-z0-9_]+$",
        description="Name of the league here, and of its profile. Empty = from Sleeper's name.",
    )
    write_profile: bool = Field(
        True, description="Write slots, scoring and teams to leagues/<name>.yaml."
    )
    overwrite_profile: bool = Field(
        False, description="Replace a profile that somebody changed by hand."
    )
    base_url: str | None = Field(
        None, description="Another place that answers like the API. Empty = Sleeper."
    )
