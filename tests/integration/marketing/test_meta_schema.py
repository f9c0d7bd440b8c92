"""The stand-in for Meta answers as the objects of Meta's own SDK are defined, and the SDK reads it.

The package facebook-business is downloaded once; see tests/vendors.py.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from ff_analytics.demo.providers.meta import AdAccount, Meta, serve_meta
from ff_analytics.domains.marketing.meta_ads.client import FIELDS, STATUSES, WINDOWS
from tests import vendors

DAY = date(2026, 3, 8)


def sdk(module: str, name: str) -> Any:
    """A class of the SDK."""
    return getattr(vendors.module(vendors.META, f"facebook_business.{module}"), name)


@pytest.fixture
def meta() -> Iterator[Meta]:
    with serve_meta() as running:
        account = running.add(AdAccount("1001", "token-of-acme"))
        for offset in range(3):
            account.deliver(DAY + timedelta(days=offset), 1, "1.25")
        yield running


def test_every_field_that_is_asked_for_is_metas() -> None:
    known = sdk("adobjects.adsinsights", "AdsInsights")._field_types
    named = [f"{level}_{part}" for level in ("campaign", "adset", "ad") for part in ("id", "name")]
    assert {*FIELDS, *named} <= set(known)


def test_every_attribution_window_is_metas() -> None:
    known = vars(sdk("adobjects.adsinsights", "AdsInsights").ActionAttributionWindows).values()
    assert {"default", *WINDOWS} <= set(filter(lambda value: isinstance(value, str), known))
    stats = sdk("adobjects.adsactionstats", "AdsActionStats")._field_types
    assert set(WINDOWS) <= set(stats)


@pytest.mark.parametrize(
    ("level", "name"), [("campaign", "Campaign"), ("adset", "AdSet"), ("ad", "Ad")]
)
def test_every_status_of_an_object_is_asked_for(level: str, name: str) -> None:
    known = vars(sdk(f"adobjects.{level}", name).EffectiveStatus)
    assert {value for key, value in known.items() if key.isidentifier() and key[0] != "_"} == set(
        map(str.upper, STATUSES[level])
    )


def test_the_sdk_reads_the_stand_in_page_by_page(meta: Meta) -> None:
    session = sdk("session", "FacebookSession")(access_token="token-of-acme")
    session.GRAPH = meta.url.rpartition("/")[0]
    session.requests.headers["Authorization"] = "Bearer token-of-acme"
    api = sdk("api", "FacebookAdsApi")(session)
    meta.page_limit = 2
    window = {"since": str(DAY), "until": str(DAY + timedelta(days=2))}
    wanted = {"level": "ad", "time_increment": 1, "time_range": window}
    account = sdk("adobjects.adaccount", "AdAccount")("act_1001", api=api)
    rows = list(account.get_insights(fields=[*FIELDS, "ad_id"], params=wanted))
    known = sdk("adobjects.adsinsights", "AdsInsights")._field_types
    assert [row["spend"] for row in rows] == ["1.25"] * 3
    assert {field for row in rows for field in row} <= set(known)
