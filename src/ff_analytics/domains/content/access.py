"""Clients of both providers from stored credentials or the environment."""

from ff_analytics.domains.content.jira.credentials import JiraCredentials
from ff_analytics.domains.content.jira.jira import Jira
from ff_analytics.domains.content.sheet.credentials import GoogleWorkspaceCredentials
from ff_analytics.domains.content.sheet.google import Google
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.http.credentials import C, Stored, resolve, variables
from ff_analytics.engine.http.traffic import Traffic


def _needed(model: type[C], name: str, stored: Stored | None) -> C:
    found = resolve(model, name, stored)
    if found is None:
        wanted = [v for field, v in variables(model, name).items() if not field.endswith("_url")]
        raise ConfigError(
            f"No credentials {name!r}: create the block {model.kind}/{name}, or set "
            f"{', '.join(wanted)} in .env (docs/content-plan.md)."
        )
    return found


def clients(google: str, jira: str, stored: Stored | None = None) -> tuple[Google, Jira]:
    """Both clients. Raises `ConfigError` naming what is missing."""
    settings, traffic = get_settings(), Traffic()
    return (
        Google(_needed(GoogleWorkspaceCredentials, google, stored), settings, traffic),
        Jira(_needed(JiraCredentials, jira, stored), settings, traffic),
    )
