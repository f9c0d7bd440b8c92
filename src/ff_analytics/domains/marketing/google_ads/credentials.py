"""Credentials and connection test of the Google Ads API."""

from pydantic import SecretStr

from ff_analytics.engine.accounts.provider import Provider
from ff_analytics.engine.accounts.tenants import CustomerId
from ff_analytics.engine.http.credentials import Credentials


class GoogleAdsCredentials(Credentials):
    """OAuth client, refresh token and developer token of the Google Ads API."""

    kind = "google-ads-credentials"
    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    developer_token: SecretStr
    login_customer_id: CustomerId | None = None
    base_url: str = "https://googleads.googleapis.com/v26"
    token_url: str = "https://oauth2.googleapis.com/token"


PROVIDER = Provider(
    name="google-ads",
    credentials=GoogleAdsCredentials,
    whoami_path="ff_analytics.domains.marketing.google_ads.client:whoami",
    tenant_field="google_ads",
)
