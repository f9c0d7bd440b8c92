"""Contracts of `raw_shopify`. No name, e-mail, address or note of a customer is requested.

Money is shop money, in `currency`; columns `presentment_*` are what the customer saw and paid, in
`presentment_currency`. Decimal places are those of Shopify's answer. Times are UTC.
"""

import dataframely as dy

from ff_analytics.engine.base.dataset import COUNTED


class Order(dy.Schema):
    """One row per order; `created_date` is the day of the shop's `timezone`.

    `total_price` is as ordered, `current_total_price` after edits and returns, `total_refunded`
    what was paid back, also without a return. `first_order` is null for guests and where Shopify
    does not report it. `details` is JSON and may grow.
    """

    tenant = dy.String(primary_key=True)
    order_id = dy.String(primary_key=True, regex="^[0-9]+$")
    shop = dy.String()
    name = dy.String()
    created_at = dy.Datetime(time_unit="us", time_zone="UTC")
    created_date = dy.Date()
    timezone = dy.String()
    updated_at = dy.Datetime(time_unit="us", time_zone="UTC")
    processed_at = dy.Datetime(time_unit="us", time_zone="UTC")
    cancelled_at = dy.Datetime(time_unit="us", time_zone="UTC", nullable=True)
    cancel_reason = dy.String(nullable=True)
    financial_status = dy.String(nullable=True)
    fulfillment_status = dy.String(nullable=True)
    test = dy.Bool()
    currency = dy.String(regex="^[A-Z]{3}$")
    total_price = dy.Decimal(18, 6, metadata=COUNTED)
    current_total_price = dy.Decimal(18, 6)
    subtotal_price = dy.Decimal(18, 6, nullable=True)
    total_discounts = dy.Decimal(18, 6, nullable=True)
    total_tax = dy.Decimal(18, 6, nullable=True)
    total_shipping = dy.Decimal(18, 6)
    total_refunded = dy.Decimal(18, 6)
    presentment_currency = dy.String(regex="^[A-Z]{3}$", nullable=True)
    presentment_total_price = dy.Decimal(18, 6, nullable=True)
    presentment_current_total_price = dy.Decimal(18, 6, nullable=True)
    presentment_total_refunded = dy.Decimal(18, 6, nullable=True)
    customer_id = dy.String(nullable=True)
    customer_order_index = dy.Int64(nullable=True)
    first_order = dy.Bool(nullable=True)
    source_name = dy.String(nullable=True)
    visit_source = dy.String(nullable=True)
    utm_source = dy.String(nullable=True)
    utm_medium = dy.String(nullable=True)
    utm_campaign = dy.String(nullable=True)
    details = dy.String(nullable=True)
    origin = dy.String(alias="_origin")


class OrderLine(dy.Schema):
    """One row per line of an order; a removed line stays, with a `current_quantity` of 0."""

    tenant = dy.String(primary_key=True)
    order_id = dy.String(primary_key=True, regex="^[0-9]+$")
    line_id = dy.String(primary_key=True, regex="^[0-9]+$")
    shop = dy.String()
    order_updated_at = dy.Datetime(time_unit="us", time_zone="UTC")
    product_id = dy.String(nullable=True)
    variant_id = dy.String(nullable=True)
    sku = dy.String(nullable=True)
    title = dy.String()
    quantity = dy.Int64(min=0, metadata=COUNTED)
    current_quantity = dy.Int64(min=0)
    currency = dy.String(regex="^[A-Z]{3}$")
    original_total = dy.Decimal(18, 6, metadata=COUNTED)
    discounted_total = dy.Decimal(18, 6)
    origin = dy.String(alias="_origin")


class Product(dy.Schema):
    """One row per current or former product of the shop; `_deleted_at` marks deleted ones."""

    tenant = dy.String(primary_key=True)
    product_id = dy.String(primary_key=True, regex="^[0-9]+$")
    shop = dy.String()
    title = dy.String()
    handle = dy.String()
    status = dy.String()
    vendor = dy.String(nullable=True)
    product_type = dy.String(nullable=True)
    category = dy.String(nullable=True)
    gift_card = dy.Bool()
    created_at = dy.Datetime(time_unit="us", time_zone="UTC")
    updated_at = dy.Datetime(time_unit="us", time_zone="UTC")
    published_at = dy.Datetime(time_unit="us", time_zone="UTC", nullable=True)
    variants = dy.Int64(nullable=True, min=0)
    total_inventory = dy.Int64()
    currency = dy.String(regex="^[A-Z]{3}$")
    price_min = dy.Decimal(18, 6, min=0)
    price_max = dy.Decimal(18, 6, min=0, metadata=COUNTED)
    details = dy.String(nullable=True)
    deleted_at = dy.Datetime(time_unit="us", time_zone="UTC", nullable=True, alias="_deleted_at")
    origin = dy.String(alias="_origin")
