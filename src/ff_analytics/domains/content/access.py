"""Clients of both providers from stored credentials or the environment."""

from ff_analytics.domains.content.jira.credentials import JiraCredentials
from ff_analytics.domains.content.jira.jira import Jira
from ff_analytics.domains.content.params import ContentParams
from ff_analytics.domains.content.plan.profile import load_profile
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


def clients(params: ContentParams, stored: Stored | None = None) -> tuple[Google | None, Jira]:
    """The clients of a run; a plan in a file needs none of Google.

    Raises `ConfigError` naming what is missing.
    """
    settings, traffic = get_settings(), Traffic()
    google = None
    if not (params.file or load_profile(params.profile, settings).source.file):
        access = _needed(GoogleWorkspaceCredentials, params.google_block, stored)
        google = Google(access, settings, traffic)
    return google, Jira(_needed(JiraCredentials, params.jira_block, stored), settings, traffic)
