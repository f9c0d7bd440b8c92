"""Credentials and connection test of the Shopify Admin API."""

from typing import Self

from pydantic import Field, SecretStr

from ff_analytics.engine.accounts.provider import Account, Provider
from ff_analytics.engine.http.credentials import Credentials


class ShopifyCredentials(Credentials):
    """Admin API access: a lasting token, or a client id and secret that mint 24 h tokens.

    `shop` is the shop's own domain (`acme.myshopify.com`); empty, it is the account's. An empty
    `base_url` is `https://<shop>/admin/api/<api_version>`.
    """

    kind = "shopify-credentials"
    shop: str = Field("", description="acme.myshopify.com, so that the connection can be tested.")
    access_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    api_version: str = "2026-10"
    base_url: str = ""

    def of_account(self, account: str) -> Self:
        """The account's id is the shop's domain."""
        return self if self.shop else self.model_copy(update={"shop": account})


PROVIDER = Provider(
    name="shopify",
    credentials=ShopifyCredentials,
    client_path="ff_analytics.domains.marketing.shopify.client:client",
    whoami_path="ff_analytics.domains.marketing.shopify.client:whoami",
    account=Account,
)
