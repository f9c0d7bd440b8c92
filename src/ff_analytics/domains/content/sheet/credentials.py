"""Credentials and connection test of Google Sheets and Drive."""

from pydantic import Field, SecretStr

from ff_analytics.engine.accounts.provider import Account, Provider
from ff_analytics.engine.http.credentials import Credentials


class GoogleWorkspaceCredentials(Credentials):
    """Sheets and Drive: a token file, or OAuth client and refresh token."""

    kind = "google-workspace-credentials"
    token_file: str | None = Field(None, description="token.json of a login on this machine.")
    client_id: str | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    base_url: str = "https://sheets.googleapis.com"
    drive_url: str = "https://www.googleapis.com"
    token_url: str = "https://oauth2.googleapis.com/token"


PROVIDER = Provider[Account, GoogleWorkspaceCredentials](
    name="sheet",
    credentials=GoogleWorkspaceCredentials,
    client_path="ff_analytics.domains.content.sheet.google:Google",
    whoami_path="ff_analytics.domains.content.sheet.google:whoami",
)
