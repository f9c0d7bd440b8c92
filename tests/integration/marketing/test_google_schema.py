"""The stand-in for Google Ads answers as Google's own messages are defined.

The package google-ads is downloaded once; see tests/vendors.py.
"""

import json
from datetime import date
from importlib import import_module
from typing import Any

import httpx

from ff_analytics.demo.providers.google_ads import Customer, failure, serve_google_ads
from tests import vendors

QUERY = (
    "SELECT campaign.id, campaign.name, campaign.status, segments.date, metrics.cost_micros, "
    "metrics.conversions FROM campaign WHERE segments.date BETWEEN '2026-01-01' AND '2026-12-31'"
)


def parse(message: str, body: dict[str, Any]) -> None:
    """Read `body` as the message; a field or value that it does not know raises."""
    root, (module, _, name) = "google.ads.googleads.v26", message.rpartition(".")
    # The clients need gRPC, their messages do not.
    vendors.bare(vendors.GOOGLE_ADS, root, f"{root}.services")
    found = vendors.module(vendors.GOOGLE_ADS, f"{root}.{module}")
    json_format = import_module("google.protobuf.json_format")
    json_format.ParseDict(body, getattr(found, name).pb()())


def test_a_stream_is_of_googles_own_messages() -> None:
    with serve_google_ads() as google, httpx.Client(trust_env=False) as client:
        customer = google.add(Customer("1234567890", "refresh-of-acme"))
        customer.deliver(date(2026, 3, 8), 1, 1_230_001, conversions=0.5)
        form = {"grant_type": "refresh_token", "refresh_token": customer.refresh_token}
        token = client.post(google.token_url, data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{google.url}/customers/1234567890/googleAds:searchStream"
        for query in (QUERY, "SELECT customer.id, customer.manager FROM customer LIMIT 1"):
            (batch,) = client.post(url, json={"query": query}, headers=headers).json()
            parse("services.types.google_ads_service.SearchGoogleAdsStreamResponse", batch)


CODES = (
    ("quotaError", "RESOURCE_EXHAUSTED"),
    ("quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED"),
    ("authenticationError", "OAUTH_TOKEN_EXPIRED"),
    ("authenticationError", "DEVELOPER_TOKEN_INVALID"),
    ("authorizationError", "USER_PERMISSION_DENIED"),
    ("authorizationError", "CUSTOMER_NOT_ENABLED"),
    ("authorizationError", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT"),
    ("queryError", "UNRECOGNIZED_FIELD"),
    ("queryError", "REQUESTED_METRICS_FOR_MANAGER"),
    ("internalError", "TRANSIENT_ERROR"),
    ("requestError", "UNSUPPORTED_VERSION"),
    ("quotaError", "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"),
    ("quotaError", "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION"),
)


def test_errors_are_of_googles_own_codes() -> None:
    for family, code in CODES:
        (body,) = json.loads(bytes(failure(family, code, 429, wait="30s").body))
        detail = {k: v for k, v in body["error"]["details"][0].items() if k != "@type"}
        parse("errors.types.errors.GoogleAdsFailure", detail)
