"""Credentials and connection test of one Jira Cloud site."""

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from ff_analytics.engine.accounts.provider import Account, Provider
from ff_analytics.engine.http.credentials import Credentials


class JiraCredentials(Credentials):
    """An API token of one Jira Cloud site, of a person or of a service account.

    A token with scopes is taken by Atlassian's gateway only, for which `cloud_id` is needed.
    """

    kind = "jira-credentials"
    url: str = Field(description="https://<site>.atlassian.net, also with a cloud id.")
    cloud_id: str = Field(
        "",
        pattern="^[A-Za-z0-9-]*$",
        description="For a token with scopes: the cloudId of https://<site>/_edge/tenant_info.",
    )
    username: str | None = Field(
        None,
        validate_default=True,
        description="E-mail address of the token's account. A service account needs none.",
    )
    token: SecretStr
    gateway_url: str = "https://api.atlassian.com"
    base_url: str = ""

    @field_validator("username")
    @classmethod
    def _named(cls, username: str | None, others: ValidationInfo) -> str | None:
        if not username and not others.data.get("cloud_id"):
            raise ValueError("give the username, or the cloud_id of a token with scopes")
        return username

    @property
    def api_url(self) -> str:
        """Where requests go: the gateway for a cloud id, else the site."""
        if self.cloud_id:
            return f"{self.gateway_url.rstrip('/')}/ex/jira/{self.cloud_id}"
        return self.base_url or self.url


PROVIDER = Provider[Account, JiraCredentials](
    name="jira",
    credentials=JiraCredentials,
    client_path="ff_analytics.domains.content.jira.jira:Jira",
    whoami_path="ff_analytics.domains.content.jira.jira:whoami",
)
