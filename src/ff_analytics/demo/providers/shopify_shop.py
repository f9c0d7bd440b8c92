"""The state of the fake Shopify: shops with orders, products, tokens and points."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

ALL_SCOPES = frozenset({"read_orders", "read_all_orders", "read_products", "read_customers"})

Record = dict[str, Any]


def money(amount: str, currency: str, paid: tuple[str, str] | None = None) -> Record:
    """An amount of the shop, and what the customer `paid`, if in another currency."""
    shown, shown_in = paid or (amount, currency)
    return {
        "shopMoney": {"amount": amount, "currencyCode": currency},
        "presentmentMoney": {"amount": shown, "currencyCode": shown_in},
    }


def moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class Bucket:
    """Points of one shop; the default is too large to be emptied by accident."""

    maximum: float = 1_000_000.0
    rate: float = 1_000_000.0
    level: float | None = None
    seen: float = 0.0
    refusals: int = 0  # so many questions find it empty

    def available(self) -> float:
        now = time.monotonic()
        level = self.maximum if self.level is None else self.level
        self.level = min(self.maximum, level + (now - self.seen) * self.rate)
        self.seen = now
        return self.level

    def take(self, cost: float) -> bool:
        if self.refusals:
            self.refusals -= 1
            self.level, self.seen = 0.0, time.monotonic()
            return False
        if self.available() < cost or self.level is None:
            return False
        self.level -= cost
        return True

    def status(self) -> Record:
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": int(self.available()),
            "restoreRate": self.rate,
        }


@dataclass
class FakeShop:
    """One shop. `tokens` are those it takes, with the questions they are still good for.

    `outcomes` are the ends of the next bulk operations, `COMPLETED` when there are none;
    `after_page` is called once for each page of orders or products that was served.
    """

    key: str
    tokens: dict[str, int | None] = field(default_factory=dict)
    timezone: str = "America/New_York"
    currency: str = "USD"
    client: tuple[str, str] | None = None
    questions_a_token: int | None = None
    # Codes that the owner granted, and the pair that each refresh token was or will be changed to.
    codes: set[str] = field(default_factory=set)
    pairs: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    token_seconds: int = 3600
    scopes: frozenset[str] = ALL_SCOPES
    orders: list[Record] = field(default_factory=list)
    products: list[Record] = field(default_factory=list)
    deletions: list[Record] = field(default_factory=list)
    bucket: Bucket = field(default_factory=Bucket)
    most_per_page: int = 250
    after_page: list[Callable[[], None]] = field(default_factory=list)
    outcomes: list[Record] = field(default_factory=list)
    operations: dict[str, Record] = field(default_factory=dict)
    lost_lines: int = 0
    expired_files: int = 0
    throttled: int = 0

    @property
    def domain(self) -> str:
        return f"{self.key}.myshopify.com"

    def pair(self, replaced: str | None = None) -> tuple[str, str]:
        """An access token and the refresh token for the next one.

        The replaced pair keeps its refresh token until the next one is used.
        """
        known = self.pairs.get(replaced or "")
        if known is None:
            number = len(self.pairs) + 1
            known = (f"shpat-access-{number}", f"shprt-refresh-{number}")
            self.tokens[known[0]] = self.questions_a_token
            self.pairs[known[1]] = None
            if replaced:
                self.pairs[replaced] = known
                for older, newer in list(self.pairs.items()):
                    if newer and newer[1] == replaced:
                        del self.pairs[older]
        return known

    def order(self, number: int, created: datetime, *, lines: int = 1, **more: Any) -> Record:
        """Add an order of `total` that changed last at `updated`."""
        total, currency = more.pop("total", "10.50"), more.pop("currency", self.currency)
        names = ("totalPrice", "currentTotalPrice", "subtotalPrice", "totalDiscounts")
        zero = ("totalTax", "totalShippingPrice", "totalRefunded")
        index = more.pop("index", 1)
        record = {
            "number": number,
            "id": f"gid://shopify/Order/{number}",
            "name": f"#{number}",
            "createdAt": moment(created),
            "updatedAt": moment(more.pop("updated", created)),
            "processedAt": moment(created),
            "test": False,
            "sourceName": "web",
            "displayFinancialStatus": "PAID",
            "displayFulfillmentStatus": "UNFULFILLED",
            "taxesIncluded": False,
            "presentmentCurrencyCode": currency,
            "returnStatus": "NO_RETURN",
            "discountCodes": [],
            "paymentGatewayNames": ["bogus"],
            **{f"{name}Set": money(total, currency) for name in names},
            **{f"{name}Set": money("0.00", currency) for name in zero},
            "customer": {"id": f"gid://shopify/Customer/{number}", "numberOfOrders": "3"},
            "customerJourneySummary": {
                "customerOrderIndex": index,
                "lastVisit": {
                    "source": "Google",
                    "utmParameters": {"source": "google", "medium": "cpc", "campaign": "spring"},
                },
            },
            "lineItems": [self._line(number, n, currency) for n in range(1, lines + 1)],
            **more,
        }
        self.orders.append(record)
        return record

    def _line(self, order: int, number: int, currency: str) -> Record:
        return {
            "number": order * 1000 + number,
            "id": f"gid://shopify/LineItem/{order * 1000 + number}",
            "title": f"Socks {number}",
            "sku": f"SOCKS-{number}",
            "quantity": 1,
            "currentQuantity": 1,
            "product": {"id": "gid://shopify/Product/501"},
            "variant": {"id": "gid://shopify/ProductVariant/5011"},
            "originalTotalSet": money("10.50", currency),
            "discountedTotalSet": money("9.50", currency),
        }

    def change(self, number: int, when: datetime, **fields: Any) -> None:
        """The order `number` changes at `when`."""
        found = next(order for order in self.orders if order["number"] == number)
        found.update(fields, updatedAt=moment(when))

    def product(self, number: int, when: datetime, **more: Any) -> Record:
        """Add a product."""
        record = {
            "number": number,
            "id": f"gid://shopify/Product/{number}",
            "title": f"Product {number}",
            "handle": f"product-{number}",
            "status": "ACTIVE",
            "vendor": "Acme",
            "productType": "Socks",
            "isGiftCard": False,
            "createdAt": moment(when),
            "updatedAt": moment(when),
            "publishedAt": moment(when),
            "totalInventory": 7,
            "tags": ["warm"],
            "category": {"fullName": "Apparel > Socks"},
            "variantsCount": {"count": 2},
            "priceRangeV2": {
                "minVariantPrice": {"amount": "5.0", "currencyCode": self.currency},
                "maxVariantPrice": {"amount": "9.99", "currencyCode": self.currency},
            },
            **more,
        }
        self.products.append(record)
        return record

    def delete(self, number: int, when: datetime, *, told: bool = True) -> None:
        """Delete the product; with the option, there is a deletion event."""
        self.products = [p for p in self.products if p["number"] != number]
        if told:
            event = {"subjectId": f"gid://shopify/Product/{number}", "occurredAt": moment(when)}
            self.deletions.append({**event, "number": number})
