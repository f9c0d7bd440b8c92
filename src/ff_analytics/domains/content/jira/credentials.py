"""Credentials and connection test of one Jira Cloud site."""

from pydantic import SecretStr

from ff_analytics.engine.accounts.provider import Provider
from ff_analytics.engine.http.credentials import Credentials


class JiraCredentials(Credentials):
    """A person's e-mail address and API token of one Jira Cloud site."""

    kind = "jira-credentials"
    url: str
    username: str
    token: SecretStr
    base_url: str = ""


PROVIDER = Provider(
    name="jira",
    credentials=JiraCredentials,
    whoami_path="ff_analytics.domains.content.jira.jira:whoami",
)
