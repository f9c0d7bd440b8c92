"""ingest/shopify-products against a stand-in for Shopify over a socket."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ff_analytics.demo.providers.shopify import Shopify
from ff_analytics.demo.providers.shopify_shop import ALL_SCOPES, FakeShop
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import AuthError
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


def load(**options: Any) -> IngestionSummary:
    return run_ingest("shopify-products", options)


def rows(columns: str) -> list[tuple[Any, ...]]:
    return lake.read(f"SELECT {columns} FROM raw_shopify.products ORDER BY ALL").rows()


@pytest.fixture
def stocked(acme: FakeShop) -> FakeShop:
    """Six products, shown four a page."""
    for number in range(501, 507):
        acme.product(number, NOW - 9 * DAY)
    acme.most_per_page = 4
    return acme


def test_rows_are_typed_and_unchanged_ones_cost_nothing(stocked: FakeShop) -> None:
    assert load().totals["new"] == 6
    columns = "product_id, price_min, price_max, currency, variants, total_inventory, _deleted_at"
    low, high = Decimal("5.000000"), Decimal("9.990000")
    assert rows(columns)[0] == ("501", low, high, "USD", 2, 7, None)
    again = load().totals
    assert (again["unchanged"], again["new"], again["updated"], again["deleted"]) == (6, 0, 0, 0)


def test_a_told_deletion_is_marked_with_its_time(stocked: FakeShop) -> None:
    load()
    gone = NOW - DAY / 2
    stocked.delete(503, gone)
    assert load().totals["deleted"] == 1
    assert ("503", gone) in rows("product_id, _deleted_at")
    assert load().totals["deleted"] == 0


def test_many_told_deletions_are_no_broken_delivery(stocked: FakeShop) -> None:
    load()
    for number in range(501, 506):
        stocked.delete(number, NOW - DAY / 2)
    assert load().totals["deleted"] == 5
    assert rows("count(_deleted_at)") == [(5,)]


def test_a_deletion_that_nobody_told_is_found_in_the_catalogue(stocked: FakeShop) -> None:
    load()
    stocked.delete(503, NOW, told=False)
    assert load().totals["deleted"] == 1
    assert rows("count(_deleted_at)") == [(1,)]


def test_a_catalogue_that_lost_many_products_marks_none(stocked: FakeShop) -> None:
    load()
    for number in (501, 502, 503):
        stocked.delete(number, NOW, told=False)
    assert "3 of 6 stored rows" in load().warnings[0]
    assert rows("count(_deleted_at)") == [(0,)]
    assert load(force=True).totals["deleted"] == 3


def test_a_product_deleted_while_the_catalogue_is_read_is_marked(stocked: FakeShop) -> None:
    load()
    stocked.after_page = [lambda: stocked.delete(501, NOW)]
    assert load().totals["deleted"] == 1
    assert rows("product_id, _deleted_at")[0] == ("501", NOW)


def test_a_product_that_comes_back_loses_its_mark(stocked: FakeShop) -> None:
    load()
    kept = list(stocked.products)
    stocked.delete(503, NOW, told=False)
    load()
    stocked.products = kept
    assert load().totals["updated"] == 1
    assert rows("count(_deleted_at)") == [(0,)]


def test_a_late_stale_page_does_not_overwrite_a_newer_product(
    stocked: FakeShop, shopify: Shopify
) -> None:
    stocked.products[0].update(title="New", updatedAt=f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
    load()
    stocked.products[0].update(title="Old", updatedAt=f"{NOW - DAY:%Y-%m-%dT%H:%M:%SZ}")
    assert load().totals["updated"] == 0
    assert ("501", "New") in rows("product_id, title")


def test_a_tenants_deletions_touch_no_other_tenant(
    stocked: FakeShop, shopify: Shopify, tenants: Tenants
) -> None:
    tenants(beta={"shopify": [{"id": "beta.myshopify.com", "credentials": "beta-shop"}]})
    shopify.shops["beta"].product(901, NOW - DAY)
    load()
    stocked.delete(503, NOW, told=False)
    load(tenant="acme")
    assert rows("product_id, tenant")[-1] == ("901", "beta")
    assert rows("count(_deleted_at) FILTER (tenant = 'beta')") == [(0,)]


def test_a_missing_scope_is_told(stocked: FakeShop) -> None:
    stocked.scopes = ALL_SCOPES - {"read_products"}
    with pytest.raises(AuthError, match="Access denied for products"):
        load()
