"""Four providers and the product on them through server and worker, with credentials in blocks."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from ff_analytics.demo.shops import LivingShops, living_shops
from ff_analytics.engine import lake
from ff_analytics.engine.accounts import tenants
from ff_analytics.engine.accounts.provider import providers
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.credentials import variables
from tests.e2e.conftest import Platform, api
from tests.waiting import FINAL, LIMIT, until

pytestmark = pytest.mark.timeout(LIMIT)
# Less than the 30 days of a first load, so that a run without parameters brings all of it.
DAYS = 20
SOURCES = (
    *("meta-ads", "google-ads", "shopify-orders", "shopify-products"),
    *("klaviyo-campaigns", "klaviyo-flows"),
)

SAVE = """
import json, sys
from blocks.providers import TYPES
types = {one.get_block_type_slug(): one for one in TYPES}
for kind, name, values in json.loads(sys.argv[1]):
    types[kind](**values).save(name)
"""


def blocks(shops: LivingShops, platform: Platform) -> list[tuple[str, str, dict[str, str]]]:
    """Type, name and fields of each block that the tenants' files name."""
    settings = Settings(tenants_dir=platform.root / "tenants")
    return [
        (
            provider.credentials.kind,
            account.credentials,
            {
                field: shops.environment[variable]
                for field, variable in variables(provider.credentials, account.credentials).items()
                if variable in shops.environment
            },
        )
        for tenant in tenants.load_all(settings)
        for provider in providers()
        for account in tenant.accounts(provider)
    ]


@pytest.fixture(scope="module")
def shops(platform: Platform) -> Iterator[LivingShops]:
    last = datetime.now(UTC).date() - timedelta(days=1)
    with living_shops(platform.root / "tenants", last, DAYS) as running:
        platform.python(SAVE, json.dumps(blocks(running, platform)))
        # The runs read their tenants in threads, which read blocks from the server.
        with (platform.root / ".env").open("a") as file:
            file.write("FF_TENANTS_AT_ONCE=3\n")
        yield running


def ended(platform: Platform, *deployments: str) -> dict[str, Any]:
    """States by deployment, once their runs, all asked for at once, have ended."""
    found = {d["name"]: d["id"] for d in api(platform, "/deployments/filter")}
    names = {name: name.rpartition("/")[2] for name in deployments}
    runs = {
        name: api(
            platform, f"/deployments/{found[short]}/create_flow_run", idempotency_key=uuid4().hex
        )["id"]
        for name, short in names.items()
    }
    wanted = {"flow_runs": {"id": {"any_": list(runs.values())}}}
    states: dict[str, Any] = {}

    def over() -> bool:
        asked = api(platform, "/flow_runs/filter", **wanted)
        states.update({run["id"]: run["state"] for run in asked})
        return all(state["type"] in FINAL for state in states.values())

    said = lambda: f"{states}\n{platform.worker_log()}"  # noqa: E731
    until(f"{', '.join(deployments)} end", over, said, every=0.3)
    return {name: states[identity] for name, identity in runs.items()}


def count(platform: Platform, table: str) -> int:
    settings = Settings(data_dir=platform.data)
    return int(lake.read(f"SELECT count(*) FROM {table}", settings=settings).item())


def test_all_sources_and_the_product_complete_with_every_row_of_the_providers(
    platform: Platform, shops: LivingShops
) -> None:
    states = ended(platform, *(f"ingest/{source}" for source in SOURCES))
    assert {name: s["name"] for name, s in states.items()} == dict.fromkeys(states, "Completed")
    orders = [order for shop in shops.shopify.shops.values() for order in shop.orders]
    assert {
        "raw_meta_ads.insights": sum(len(a.rows) for a in shops.meta.accounts.values()),
        "raw_google_ads.campaign_day": sum(len(c.rows) for c in shops.google.customers.values()),
        "raw_shopify.orders": len(orders),
        "raw_shopify.order_lines": sum(len(order["lineItems"]) for order in orders),
        "raw_shopify.products": sum(len(s.products) for s in shops.shopify.shops.values()),
        "raw_klaviyo.campaigns": sum(len(a.campaigns) for a in shops.klaviyo.accounts.values()),
        "raw_klaviyo.flow_day": DAYS * len(shops.klaviyo.accounts),
    } == {
        table: count(platform, table)
        for table in (
            *("raw_meta_ads.insights", "raw_google_ads.campaign_day", "raw_shopify.orders"),
            *("raw_shopify.order_lines", "raw_shopify.products", "raw_klaviyo.campaigns"),
            "raw_klaviyo.flow_day",
        )
    }
    (product,) = ended(platform, "analytics/channel-performance").values()
    assert product["name"] == "Completed", product["message"]
    assert count(platform, "(SELECT DISTINCT tenant FROM analytics.mrt_channel_performance)") == 3


def test_one_tenant_that_fails_leaves_the_others_loaded_and_the_run_failed(
    platform: Platform, shops: LivingShops
) -> None:
    shops.meta.accounts["2001"].token = "revoked"
    shops.meta.accounts["2002"].rows[-1]["spend"] = "4321.00"
    (state,) = ended(platform, "ingest/meta-ads").values()
    assert state["type"] == "FAILED"
    assert "1 of 3 parts failed, the others are loaded. insights northpeak/2001" in state["message"]
    assert count(platform, "raw_meta_ads.insights WHERE spend = 4321 AND tenant = 'velo-wunder'")
