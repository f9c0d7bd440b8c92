"""Shopify's query for orders, and the conversion of answers to rows.

Personal fields are omitted on purpose: no name, e-mail, address, note or landing page.
"""

from collections.abc import Iterator
from typing import Any

from ff_analytics.domains.marketing.shopify.api.client import Record

_MONEY = ("totalPriceSet", "currentTotalPriceSet", "subtotalPriceSet", "totalDiscountsSet")
_MORE_MONEY = ("totalTaxSet", "totalShippingPriceSet", "totalRefundedSet")
# What the customer saw and paid: of these amounts only, since each costs points.
_PRESENTMENT = ("totalPriceSet", "currentTotalPriceSet", "totalRefundedSet")


def _money(*names: str) -> str:
    first, *rest = names
    others = " ".join(f"{name} {{ {_amounts(name)} }}" for name in rest)
    return f"{first} {{ {_amounts(first).replace('amount', 'amount currencyCode')} }} {others}"


def _amounts(name: str) -> str:
    paid = " presentmentMoney { amount }" if name in _PRESENTMENT else ""
    return "shopMoney { amount }" + paid


_ORDER = f"""
  id name createdAt updatedAt processedAt cancelledAt cancelReason test sourceName
  displayFinancialStatus displayFulfillmentStatus taxesIncluded presentmentCurrencyCode
  returnStatus discountCodes paymentGatewayNames
  {_money(*_MONEY, *_MORE_MONEY)}
  customer {{ id numberOfOrders }}
  customerJourneySummary {{
    customerOrderIndex
    lastVisit {{ source utmParameters {{ source medium campaign }} }}
  }}"""
_LINE = f"""
  id title sku quantity currentQuantity product {{ id }} variant {{ id }}
  {_money("originalTotalSet", "discountedTotalSet(withCodeDiscounts: true)")}"""
_PAGE = "pageInfo { hasNextPage endCursor }"

ORDERS = f"""query($first: Int!, $after: String, $filter: String!) {{
  orders(first: $first, after: $after, query: $filter, sortKey: UPDATED_AT) {{
    {_PAGE}
    nodes {{ {_ORDER} lineItems(first: 10) {{ {_PAGE} nodes {{ {_LINE} }} }} }}
  }}
}}"""
LINES = f"""query($first: Int!, $after: String, $id: ID!) {{
  order(id: $id) {{
    lineItems(first: $first, after: $after) {{ {_PAGE} nodes {{ {_LINE} }} }}
  }}
}}"""


def bulk_orders(filter: str) -> str:
    """The same question for a bulk operation, which takes no variables and no pages."""
    return f"""{{
  orders(query: "{filter}", sortKey: UPDATED_AT) {{
    edges {{ node {{ {_ORDER} lineItems {{ edges {{ node {{ {_LINE} }} }} }} }} }}
  }}
}}"""


def number(gid: str | None) -> str | None:
    """`1` of `gid://shopify/Order/1`."""
    return gid.rpartition("/")[2] if gid else None


def _amount(record: Record, name: str, money: str = "shopMoney") -> Any:
    return ((record.get(name) or {}).get(money) or {}).get("amount")


def _first_order(customer: Record, index: int | None) -> bool | None:
    """Is it its customer's first? Positions begin at 1; without one, a sole order is the first."""
    if not customer:
        return None
    if index is not None:
        return index <= 1
    return True if str(customer.get("numberOfOrders")) == "1" else None


def order_row(order: Record) -> Record:
    """One order in the contract's columns."""
    customer = order.get("customer") or {}
    journey = order.get("customerJourneySummary") or {}
    visit = journey.get("lastVisit") or {}
    utm = visit.get("utmParameters") or {}
    index = journey.get("customerOrderIndex")
    kept = ("taxesIncluded", "presentmentCurrencyCode", "returnStatus")
    lists = ("discountCodes", "paymentGatewayNames")
    return {
        "order_id": number(order.get("id")),
        "name": order.get("name"),
        "created_at": order.get("createdAt"),
        "updated_at": order.get("updatedAt"),
        "processed_at": order.get("processedAt"),
        "cancelled_at": order.get("cancelledAt"),
        "cancel_reason": order.get("cancelReason"),
        "financial_status": order.get("displayFinancialStatus"),
        "fulfillment_status": order.get("displayFulfillmentStatus"),
        "test": order.get("test"),
        "currency": _currency(order, "totalPriceSet"),
        "total_price": _amount(order, "totalPriceSet"),
        "current_total_price": _amount(order, "currentTotalPriceSet"),
        "subtotal_price": _amount(order, "subtotalPriceSet"),
        "total_discounts": _amount(order, "totalDiscountsSet"),
        "total_tax": _amount(order, "totalTaxSet"),
        "total_shipping": _amount(order, "totalShippingPriceSet"),
        "total_refunded": _amount(order, "totalRefundedSet"),
        "presentment_currency": _currency(order, "totalPriceSet", "presentmentMoney"),
        "presentment_total_price": _amount(order, "totalPriceSet", "presentmentMoney"),
        "presentment_current_total_price": _amount(
            order, "currentTotalPriceSet", "presentmentMoney"
        ),
        "presentment_total_refunded": _amount(order, "totalRefundedSet", "presentmentMoney"),
        "customer_id": number(customer.get("id")),
        "customer_order_index": index,
        "first_order": _first_order(customer, index),
        "source_name": order.get("sourceName"),
        "visit_source": visit.get("source"),
        "utm_source": utm.get("source"),
        "utm_medium": utm.get("medium"),
        "utm_campaign": utm.get("campaign"),
        "details": {name: order.get(name) for name in (*kept, *lists)},
    }


def _currency(record: Record, name: str, money: str = "shopMoney") -> Any:
    return ((record.get(name) or {}).get(money) or {}).get("currencyCode")


def line_rows(order: Record) -> Iterator[Record]:
    """The order's lines in the contract's columns."""
    for line in order["lineItems"]:
        yield {
            "order_id": number(order.get("id")),
            "line_id": number(line.get("id")),
            "order_updated_at": order.get("updatedAt"),
            "product_id": number((line.get("product") or {}).get("id")),
            "variant_id": number((line.get("variant") or {}).get("id")),
            "sku": line.get("sku"),
            "title": line.get("title"),
            "quantity": line.get("quantity"),
            "current_quantity": line.get("currentQuantity"),
            "currency": _currency(line, "originalTotalSet"),
            "original_total": _amount(line, "originalTotalSet"),
            "discounted_total": _amount(line, "discountedTotalSet"),
        }
