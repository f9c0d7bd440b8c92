"""A preview without accounts: the plan from a file, the fields of Jira assumed."""

from collections.abc import Mapping, Sequence
from typing import Any

from ff_analytics.domains.content.plan.profile import FieldRule, Profile
from ff_analytics.domains.content.plan.services import Services
from ff_analytics.engine.base.errors import ConfigError

ASSUMPTION = (
    "Jira was not asked: types and options of its fields are assumed, and rows whose issue exists "
    "already are not recognised."
)
# Fields that every Jira has, with their types.
_SYSTEM: dict[str, dict[str, Any]] = {
    "summary": {"type": "string", "system": "summary"},
    "description": {"type": "string", "system": "description"},
    "environment": {"type": "string", "system": "environment"},
    "labels": {"type": "array", "items": "string", "system": "labels"},
    "components": {"type": "array", "items": "component", "system": "components"},
    "duedate": {"type": "date", "system": "duedate"},
    "assignee": {"type": "user", "system": "assignee"},
    "reporter": {"type": "user", "system": "reporter"},
    "parent": {"type": "issuelink", "system": "parent"},
}


def _schema(name: str, rule: FieldRule) -> dict[str, Any]:
    if name in _SYSTEM:
        return _SYSTEM[name]
    if rule.lookup == "people":
        return {"type": "user"}
    if rule.column == "publish_date":
        return {"type": "date"}
    return {"type": "string"}


def assumed_fields(profile: Profile) -> dict[str, dict[str, Any]]:
    """A create screen with the fields of the profile, typed by their names, columns and lookups."""
    rules: Mapping[str, FieldRule] = {"labels": FieldRule(value=""), **profile.fields}
    return {
        name: {
            "name": name if name in _SYSTEM else f"{rule.column or 'fixed'} ({name})",
            "required": name == "summary",
            "schema": _schema(name, rule),
            "allowedValues": [
                {"id": identity, "name": entry}
                for entry, identity in profile.components.entries.items()
                if rule.lookup == "components"
            ],
        }
        for name, rule in rules.items()
    }


class _NoSite:
    """Stands where the client of Jira would."""

    url = "offline"

    def browse(self, key: str) -> str:
        return key


class Offline(Services):
    """Answers without any account or request."""

    assumption = ASSUMPTION

    def __init__(self, profile: Profile) -> None:
        self.jira = _NoSite()  # type: ignore[assignment]  # only its name and links are used
        self._profile = profile

    async def read_data(self, spreadsheet: str, sheet: str) -> list[list[Any]]:
        raise ConfigError(
            "This profile reads Google Sheets, which a preview without accounts cannot: give a "
            "plan with --file PLAN.csv (or .xlsx), or run ff run content-plan --dry-run."
        )

    async def read_fields(self, project: str, issue_type: str) -> dict[str, dict[str, Any]]:
        return assumed_fields(self._profile)

    async def search_issues(self, jql: str, reconcile: Sequence[int]) -> list[dict[str, Any]]:
        return []
