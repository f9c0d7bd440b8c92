"""Credentials and connection test of the Shopify Admin API."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr

from ff_analytics.engine.accounts.provider import Account, Provider
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.credentials import Credentials
from ff_analytics.engine.http.policy.urls import public

PATH = "/admin/api/"


class ShopifyCredentials(Credentials):
    """Admin API access: a lasting token, a login of the shop, or an app of one's own organisation.

    In this order: `access_token`; the tokens that `ff shopify login` stored for the shop; tokens of
    24 hours for `client_id` and `client_secret` (only for shops of the app's own organisation).
    `shop` is the shop's own domain (`acme.myshopify.com`); empty, it is the account's. An empty
    `base_url` is `https://<shop>/admin/api/<api_version>`.
    """

    kind = "shopify-credentials"
    shop: str = Field("", description="acme.myshopify.com, so that the connection can be tested.")
    access_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    token_file: str = Field(
        "", description="Where ff shopify login keeps the shop's tokens, if not in .tokens/."
    )
    api_version: str = "2026-10"
    base_url: str = ""

    def tokens(self, shop: str, settings: Settings) -> Path:
        """The file with the tokens of a login."""
        file = Path(self.token_file or f".tokens/{shop}.json").expanduser()
        return settings.home / file

    def api_url(self, shop: str) -> str:
        """Address of the API; `SourceError` for a base_url without a version."""
        base = self.base_url or f"https://{shop}{PATH}{self.api_version}"
        if PATH not in base:
            raise SourceError(f"Shopify {shop}: base_url {public(base)} lacks {PATH}<version>.")
        return base

    def oauth_url(self, shop: str, what: str) -> str:
        """Address below /admin/oauth of the shop."""
        return f"{self.api_url(shop).partition(PATH)[0]}/admin/oauth/{what}"

    def of_account(self, account: str) -> Self:
        """The account's id is the shop's domain."""
        return self if self.shop else self.model_copy(update={"shop": account})


PROVIDER = Provider(
    name="shopify",
    credentials=ShopifyCredentials,
    client_path="ff_analytics.domains.marketing.shopify.api.client:client",
    whoami_path="ff_analytics.domains.marketing.shopify.api.client:whoami",
    account=Account,
)
