"""Credentials and connection test of one Jira Cloud site."""

from pydantic import Field, SecretStr

from ff_analytics.engine.accounts.provider import Account, Provider
from ff_analytics.engine.http.credentials import Credentials


class JiraCredentials(Credentials):
    """A person's e-mail address and API token of one Jira Cloud site."""

    kind = "jira-credentials"
    url: str = Field(description="https://<site>.atlassian.net")
    username: str
    token: SecretStr
    base_url: str = ""


PROVIDER = Provider[Account, JiraCredentials](
    name="jira",
    credentials=JiraCredentials,
    client_path="ff_analytics.domains.content.jira.jira:Jira",
    whoami_path="ff_analytics.domains.content.jira.jira:whoami",
)
