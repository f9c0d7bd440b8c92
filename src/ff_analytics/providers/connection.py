"""Does a provider take these credentials? One cheap question each, for blocks and the doctor."""

import time
from typing import Any

from ff_analytics.dataset import resolve
from ff_analytics.errors import FFError
from ff_analytics.providers.credentials import Credentials
from ff_analytics.settings import get_settings
from ff_analytics.source import Traffic

# Function(credentials, settings, traffic) -> name of the account, by kind of credentials.
WHOAMI = {
    "meta-ads-credentials": "ff_analytics.providers.meta:whoami",
    "google-ads-credentials": "ff_analytics.providers.google_ads:whoami",
    "shopify-credentials": "ff_analytics.providers.shopify:whoami",
    "klaviyo-credentials": "ff_analytics.providers.klaviyo:whoami",
    "jira-credentials": "ff_analytics.content.jira:whoami",
    "google-workspace-credentials": "ff_analytics.content.google:whoami",
}


def test_connection(credentials: Credentials) -> dict[str, Any]:
    """`{ok, account, latency_ms, error}`; never raises and never shows a secret."""
    began = time.monotonic()
    account, error = None, None
    try:
        account = resolve(WHOAMI[credentials.kind])(credentials, get_settings(), Traffic())
    except FFError as refused:
        error = str(refused)
    latency = round(1000 * (time.monotonic() - began))
    return {"ok": error is None, "account": account, "latency_ms": latency, "error": error}


test_connection.__test__ = False  # type: ignore[attr-defined]  # pytest takes the name for a test
