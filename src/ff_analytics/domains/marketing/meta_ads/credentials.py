"""Credentials and connection test of the Meta Marketing API."""

from pydantic import SecretStr

from ff_analytics.engine.accounts.provider import Account, Provider
from ff_analytics.engine.http.credentials import Credentials


class MetaAdsCredentials(Credentials):
    """A system user's access token of the Meta Marketing API."""

    kind = "meta-ads-credentials"
    access_token: SecretStr
    base_url: str = "https://graph.facebook.com/v26.0"


PROVIDER = Provider(
    name="meta-ads",
    credentials=MetaAdsCredentials,
    client_path="ff_analytics.domains.marketing.meta_ads.client:client",
    whoami_path="ff_analytics.domains.marketing.meta_ads.client:whoami",
    account=Account,
)
