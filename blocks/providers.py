"""Credential blocks, stored by name: of tenants' marketing accounts, Google Workspace and Jira."""

from typing import TYPE_CHECKING, Any

from prefect.blocks.core import Block
from pydantic import Field, SecretStr

if TYPE_CHECKING:
    from ff_analytics.engine.http.credentials import Credentials


class _ProviderBlock(Block):
    """The values of one credentials model, with secrets hidden in the UI."""

    def get_client(self) -> "Credentials":
        """Typed credentials, as the provider's client takes them."""
        from ff_analytics.engine.accounts.provider import of_kind

        slug = str(self._block_type_slug)
        return of_kind(slug).credentials.model_validate(self.values())

    def values(self) -> dict[str, Any]:
        """Field values; empty ones are left to the model's defaults."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in fields.items() if value not in (None, "")}

    def test_connection(self) -> dict[str, Any]:
        """Ask the provider who these credentials are: `{ok, account, latency_ms, error}`."""
        from ff_analytics.engine.accounts.connection import test_connection

        return test_connection(self.get_client())


class MetaAdsCredentialsBlock(_ProviderBlock):
    """Access token of a Meta system user with ads_read."""

    _block_type_name = "Meta Ads credentials"
    _block_type_slug = "meta-ads-credentials"

    access_token: SecretStr
    base_url: str = Field("", description="Empty = Meta's own address and version.")


class GoogleAdsCredentialsBlock(_ProviderBlock):
    """OAuth client and refresh token of Google Ads."""

    _block_type_name = "Google Ads credentials"
    _block_type_slug = "google-ads-credentials"

    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    developer_token: SecretStr | None = Field(
        None, description="No longer needed: Google has ignored it since 2026-09-09."
    )
    login_customer_id: str | None = Field(None, description="Manager account, digits only.")
    base_url: str = Field("", description="Empty = Google's own address and version.")
    token_url: str = Field("", description="Empty = Google's own token address.")


class ShopifyCredentialsBlock(_ProviderBlock):
    """A lasting Admin API token, or client id and secret of an app."""

    _block_type_name = "Shopify credentials"
    _block_type_slug = "shopify-credentials"

    shop: str = Field("", description="acme.myshopify.com, so that the connection can be tested.")
    access_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    api_version: str = Field("", description="Empty = the version this platform was built on.")
    base_url: str = Field("", description="Empty = the shop's own address.")


class KlaviyoCredentialsBlock(_ProviderBlock):
    """A private API key with read access to campaigns and metrics."""

    _block_type_name = "Klaviyo credentials"
    _block_type_slug = "klaviyo-credentials"

    api_key: SecretStr
    revision: str = Field("", description="Empty = the revision this platform was built on.")
    base_url: str = Field("", description="Empty = Klaviyo's own address.")


class JiraCredentialsBlock(_ProviderBlock):
    """E-mail address and API token of one Jira Cloud site."""

    _block_type_name = "Jira credentials"
    _block_type_slug = "jira-credentials"

    url: str = Field(description="https://<site>.atlassian.net")
    username: str
    token: SecretStr


class GoogleWorkspaceCredentialsBlock(_ProviderBlock):
    """Sheets and Drive, read only: a token file, or OAuth client and refresh token."""

    _block_type_name = "Google Workspace credentials"
    _block_type_slug = "google-workspace-credentials"

    token_file: str | None = Field(None, description="token.json of a login on this machine.")
    client_id: str | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    base_url: str = Field("", description="Empty = Google's own Sheets address.")
    drive_url: str = Field("", description="Empty = Google's own Drive address.")
    token_url: str = Field("", description="Empty = Google's own token address.")


TYPES: tuple[type[_ProviderBlock], ...] = (
    MetaAdsCredentialsBlock,
    GoogleAdsCredentialsBlock,
    ShopifyCredentialsBlock,
    KlaviyoCredentialsBlock,
    JiraCredentialsBlock,
    GoogleWorkspaceCredentialsBlock,
)


def stored_credentials(kind: str, name: str) -> dict[str, Any] | None:
    """Values of the block `kind/name` on the server; None when it has no such block."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            document = client.read_block_document_by_name(name, kind)
        except ObjectNotFound:
            return None
    return {field: value for field, value in document.data.items() if value not in (None, "")}
