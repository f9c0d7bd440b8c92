"""Credentials and connection test of the Klaviyo API."""

from pydantic import SecretStr

from ff_analytics.engine.accounts.provider import Provider
from ff_analytics.engine.http.credentials import Credentials


class KlaviyoCredentials(Credentials):
    """A private API key."""

    kind = "klaviyo-credentials"
    api_key: SecretStr
    revision: str = "2026-07-15"
    base_url: str = "https://a.klaviyo.com"


PROVIDER = Provider(
    name="klaviyo",
    credentials=KlaviyoCredentials,
    whoami_path="ff_analytics.domains.marketing.klaviyo.client:whoami",
    tenant_field="klaviyo",
)
