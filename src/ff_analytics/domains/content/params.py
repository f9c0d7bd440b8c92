"""Parameters of a run: the form in the UI."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.base.forms.problems import checked


class ContentParams(BaseModel):
    """Parameters of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Annotated[str, Mark.NAMES_RUN] = Field(
        "example", description="Content profile, a YAML file in content/."
    )
    validate_only: bool = Field(True, description="Check everything, write nothing.")
    dry_run: bool = Field(False, description="As validate_only, and show the issues as a page.")
    update: bool = Field(False, description="Also update issues whose row has changed.")
    month: str = Field("", description="2027-01 or Januari 2027; empty = next month.")
    file: str = Field("", description="A plan file, CSV or Excel, instead of the profile's source.")
    clients: list[str] = Field([], description="Numbers or parts of names; empty = all clients.")
    fail_on: Literal["any", "all", "none"] = Field(
        "any", description="Rows that make a writing run fail: any, only if all, none."
    )
    google_block: Annotated[str, Mark.ADVANCED] = Field(
        "google", description="Google Workspace credentials block."
    )
    jira_block: Annotated[str, Mark.ADVANCED] = Field("jira", description="Jira credentials block.")

    @property
    def mode(self) -> str:
        if self.dry_run:
            return "dry_run"
        if self.validate_only:
            return "validate_only"
        return "create_or_update" if self.update else "create"

    @property
    def writes(self) -> bool:
        return self.mode.startswith("create")


def parse_params(given: Mapping[str, Any]) -> ContentParams:
    """Raises `ConfigError` naming the parameter that is wrong."""
    return checked(ContentParams, dict(given))
