"""The doctor asks every provider that a tenant's file names."""

from typing import Any

import pytest

from ff_analytics.demo.providers.google_ads import Customer, GoogleAds
from ff_analytics.demo.providers.klaviyo import Account, Klaviyo
from ff_analytics.domains.marketing.shopify.credentials import ShopifyCredentials
from ff_analytics.platform import doctor
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
MAIL = {"id": "AcMe01", "credentials": "acme-klaviyo", "conversion_metric": "RESQ6t"}


def lines(stored: Any = None) -> dict[str, doctor.Line]:
    return {line.what: line for line in doctor.provider_accounts(stored)}


def test_each_connection_has_a_line(google: GoogleAds, klaviyo: Klaviyo, tenants: Tenants) -> None:
    google.add(Customer("1234567890", "refresh-of-acme"))
    ads = {"id": "1234567890", "credentials": "acme-google"}
    nobody = {"id": "1", "credentials": "acme-meta"}
    tenants(acme={"google_ads": [ads, ads], "klaviyo": [MAIL], "meta_ads": [nobody]})
    found = lines()
    assert {what: line.verdict for what, line in found.items()} == {
        "google-ads-credentials acme-google": "ok",
        "klaviyo-credentials acme-klaviyo": "fail",
        "meta-ads-credentials acme-meta": "warn",
    }
    assert "ACME_META_" in found["meta-ads-credentials acme-meta"].what_to_do
    assert "key-of-acme" not in str(found)


def test_a_stored_block_comes_before_the_environment(klaviyo: Klaviyo, tenants: Tenants) -> None:
    klaviyo.add(Account("AcMe01", "key-in-block"))
    tenants(acme={"klaviyo": [MAIL]})

    def stored(kind: str, name: str) -> dict[str, str]:
        return {"api_key": "key-in-block", "base_url": klaviyo.url}

    (line,) = lines(stored).values()
    assert (line.verdict, line.found[:30]) == ("ok", "Shop of the example (AcMe01), ")


def test_a_wrong_file_of_a_tenant_is_one_line(tenants: Tenants) -> None:
    tenants(acme={"klaviyo": "none"})
    (line,) = lines().values()
    assert (line.what, line.verdict) == ("tenants", "fail")
    assert "acme.yaml: klaviyo" in line.found


def test_a_shop_is_asked_at_the_domain_of_its_account() -> None:
    token = ShopifyCredentials(access_token="token-of-acme")
    assert token.of_account("acme.myshopify.com").shop == "acme.myshopify.com"
    named = token.model_copy(update={"shop": "other.myshopify.com"})
    assert named.of_account("acme.myshopify.com").shop == "other.myshopify.com"
