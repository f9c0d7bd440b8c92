"""Credentials and connection test of the Klaviyo API."""

from pydantic import SecretStr

from ff_analytics.engine.accounts.provider import Account, Provider
from ff_analytics.engine.http.credentials import Credentials


class KlaviyoAccount(Account):
    """A Klaviyo account; `conversion_metric` is the id of its Placed Order metric."""

    conversion_metric: str


class KlaviyoCredentials(Credentials):
    """A private API key."""

    kind = "klaviyo-credentials"
    api_key: SecretStr
    revision: str = "2026-10-15"
    base_url: str = "https://a.klaviyo.com"


PROVIDER = Provider(
    name="klaviyo",
    credentials=KlaviyoCredentials,
    client_path="ff_analytics.domains.marketing.klaviyo.client:client",
    whoami_path="ff_analytics.domains.marketing.klaviyo.client:whoami",
    account=KlaviyoAccount,
)
