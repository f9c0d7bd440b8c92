"""Credentials and connection test of the Google Ads API."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from ff_analytics.engine.accounts.provider import Account, Provider
from ff_analytics.engine.http.credentials import Credentials


def _customer_id(text: str) -> str:
    digits = text.replace("-", "")
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise ValueError(f"{text!r} is no Google Ads customer id: ten digits, as in 123-456-7890")
    return digits


# Users write 123-456-7890, the API requires only the digits.
CustomerId = Annotated[str, AfterValidator(_customer_id)]


class GoogleAdsAccount(Account):
    """A Google Ads customer that has campaigns, not the manager above it."""

    id: CustomerId


class GoogleAdsCredentials(Credentials):
    """OAuth client and refresh token of the Google Ads API.

    Google has issued no developer tokens since 2026-09-09 and ignores the header; an old one may
    stay.
    """

    kind = "google-ads-credentials"
    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    developer_token: SecretStr | None = Field(
        None, description="No longer needed: Google has ignored it since 2026-09-09."
    )
    login_customer_id: CustomerId | None = Field(
        None, description="The manager account that the user belongs to, if there is one."
    )
    base_url: str = "https://googleads.googleapis.com/v26"
    token_url: str = "https://oauth2.googleapis.com/token"


PROVIDER = Provider(
    name="google-ads",
    credentials=GoogleAdsCredentials,
    client_path="ff_analytics.domains.marketing.google_ads.client:client",
    whoami_path="ff_analytics.domains.marketing.google_ads.client:whoami",
    account=GoogleAdsAccount,
)
