"""Datasets and options of the source `shopify-orders`."""

from datetime import date, timedelta

from pydantic import Field

from ff_analytics.engine.accounts.accounts import WindowOptions
from ff_analytics.engine.base.dataset import Absence, Dataset, Freshness

_DAILY = Freshness(warn=timedelta(days=2), error=timedelta(days=4))

ORDERS = Dataset(
    "orders",
    "raw_shopify.orders",
    ("tenant", "order_id"),
    "ff_analytics.domains.marketing.shopify.contract:Order",
    freshness=_DAILY,
    minimum_rows=0,
    optional=True,
    version="updated_at",
    daily=True,
    absence=Absence.NOT_ASKED,
    # Empty for a while in many shops: no cancelled order, no campaign, guests only.
    may_vanish=(
        *("cancelled_at", "cancel_reason", "customer_id", "customer_order_index", "first_order"),
        *("source_name", "visit_source", "utm_source", "utm_medium", "utm_campaign", "details"),
        *("financial_status", "fulfillment_status"),
    ),
)

LINES = Dataset(
    "order_lines",
    "raw_shopify.order_lines",
    ("tenant", "order_id", "line_id"),
    "ff_analytics.domains.marketing.shopify.contract:OrderLine",
    freshness=_DAILY,
    minimum_rows=0,
    optional=True,
    version="order_updated_at",
    daily=True,
    absence=Absence.NOT_ASKED,
    may_vanish=("product_id", "variant_id", "sku"),
)


class ShopifyOrdersOptions(WindowOptions):
    """Which orders to load: those that changed within the window."""

    since: date | None = Field(
        None,
        examples=["2026-01-01"],
        description="Orders that changed on this day of the shop's timezone or later. Empty = "
        "since the last load, less ten minutes; 30 days back on the first load.",
    )
    until: date | None = Field(
        None, examples=["2026-03-31"], description="The last such day. Empty = until now."
    )
