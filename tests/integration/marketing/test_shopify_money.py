"""Each kind of money and of order has one outcome: in the table and in the channel's day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ff_analytics.demo.providers.shopify_shop import FakeShop, money
from ff_analytics.engine import dbt, lake
from ff_analytics.engine.ingest import run_ingest

pytestmark = pytest.mark.usefixtures("quick")
NOW = datetime.now(UTC).replace(microsecond=0)
THEN = NOW - timedelta(hours=30)


def rows(columns: str) -> list[tuple[Any, ...]]:
    return lake.read(f"SELECT {columns} FROM raw_shopify.orders ORDER BY order_id").rows()


def load() -> None:
    assert run_ingest("shopify-orders").totals["rejected"] == 0


def test_a_price_in_the_customers_currency_stands_beside_the_shops(acme: FakeShop) -> None:
    paid: dict[str, Any] = {
        "totalPriceSet": money("10.50", "USD", ("9.80", "EUR")),
        "currentTotalPriceSet": money("5.25", "USD", ("4.90", "EUR")),
        "totalRefundedSet": money("5.25", "USD", ("4.90", "EUR")),
    }
    acme.order(1, THEN, **paid)
    load()
    assert rows("currency, total_price, current_total_price, total_refunded") == [
        ("USD", Decimal("10.50"), Decimal("5.25"), Decimal("5.25"))
    ]
    assert rows(
        "presentment_currency, presentment_total_price, presentment_current_total_price, "
        "presentment_total_refunded"
    ) == [("EUR", Decimal("9.80"), Decimal("4.90"), Decimal("4.90"))]


@pytest.mark.parametrize(
    ("currency", "total", "exact"),
    [
        ("JPY", "1050", Decimal(1050)),
        ("JPY", "1050.0", Decimal(1050)),
        ("KWD", "10.125", Decimal("10.125")),
        ("USD", "0.1", Decimal("0.1")),
    ],
)
def test_a_currency_keeps_its_own_decimal_places(
    acme: FakeShop, currency: str, total: str, exact: Decimal
) -> None:
    acme.currency = currency
    acme.order(1, THEN, total=total)
    load()
    assert rows("currency, total_price, presentment_total_price") == [(currency, exact, exact)]


def test_each_kind_of_order_counts_as_declared(acme: FakeShop) -> None:
    """Sold, edited, returned, paid back; a test and a cancelled one count nothing."""
    for number in range(1, 7):
        acme.order(number, THEN, total="100.00")
    acme.change(2, NOW, currentTotalPriceSet=money("130.00", "USD"))
    acme.change(
        3,
        NOW,
        currentTotalPriceSet=money("60.00", "USD"),
        totalRefundedSet=money("40.00", "USD"),
        displayFinancialStatus="PARTIALLY_REFUNDED",
        returnStatus="RETURNED",
    )
    acme.change(4, NOW, totalRefundedSet=money("25.00", "USD"))
    acme.change(5, NOW, test=True)
    acme.change(6, NOW, cancelledAt=NOW.strftime("%Y-%m-%dT%H:%M:%SZ"), cancelReason="FRAUD")
    load()
    assert rows("total_price") == [(Decimal(100),)] * 6
    assert rows("current_total_price, total_refunded")[1:4] == [
        (Decimal(130), Decimal(0)),
        (Decimal(60), Decimal(40)),
        (Decimal(100), Decimal(25)),
    ]
    assert rows("test, cancelled_at IS NOT NULL")[4:] == [(True, False), (False, True)]
    dbt.build("+fct_channel_day", holder="test")
    days = lake.read(
        "SELECT date, orders, revenue FROM core.fct_channel_day WHERE channel = 'store'"
    ).rows()
    (created,) = {day for (day,) in rows("created_date")}
    assert days == [(created, 4.0, Decimal(100 + 130 + 60 + 100))]


def test_an_edit_keeps_removed_lines_with_nothing_left(acme: FakeShop) -> None:
    order = acme.order(1, THEN, lines=2)
    load()
    removed, kept = order["lineItems"]
    added = {**kept, "number": 9001, "id": "gid://shopify/LineItem/9001", "title": "Hat"}
    acme.change(1, NOW, lineItems=[{**removed, "currentQuantity": 0}, kept, added])
    load()
    lines = lake.read(
        "SELECT title, quantity, current_quantity FROM raw_shopify.order_lines ORDER BY line_id"
    )
    assert lines.rows() == [("Socks 1", 1, 0), ("Socks 2", 1, 1), ("Hat", 1, 1)]
