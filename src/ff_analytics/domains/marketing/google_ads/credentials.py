"""Credentials and connection test of the Google Ads API."""

from pydantic import SecretStr

from ff_analytics.engine.accounts.provider import Provider
from ff_analytics.engine.accounts.tenants import CustomerId
from ff_analytics.engine.http.credentials import Credentials


class GoogleAdsCredentials(Credentials):
    """OAuth client and refresh token of the Google Ads API.

    Google has issued no developer tokens since 2026-09-09 and ignores the header; an old one may
    stay.
    """

    kind = "google-ads-credentials"
    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    developer_token: SecretStr | None = None
    login_customer_id: CustomerId | None = None
    base_url: str = "https://googleads.googleapis.com/v26"
    token_url: str = "https://oauth2.googleapis.com/token"


PROVIDER = Provider(
    name="google-ads",
    credentials=GoogleAdsCredentials,
    whoami_path="ff_analytics.domains.marketing.google_ads.client:whoami",
    tenant_field="google_ads",
)
