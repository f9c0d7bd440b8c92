"""Three invented businesses with some months of marketing history, on all four fake providers."""

import math
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from ff_analytics.demo.providers.google_ads import Customer, GoogleAds, serve_google_ads
from ff_analytics.demo.providers.klaviyo import Account, Klaviyo, serve_klaviyo
from ff_analytics.demo.providers.meta import AdAccount, Meta, serve_meta
from ff_analytics.demo.providers.shopify import Shopify, serve_shopify
from ff_analytics.demo.providers.shopify_shop import FakeShop

# What people spend at once, on average.
BASKET = 150


@dataclass(frozen=True)
class Business:
    """Parameters of a business: money in whole units of its currency per day."""

    name: str
    title: str
    currency: str
    timezone: str
    meta_spend: float
    google_spend: float
    sales: float
    mishap: int  # days ago that something went wrong


BUSINESSES = (
    Business("northpeak", "Northpeak Outdoor", "USD", "America/Denver", 420, 310, 3400, 9),
    Business("velo-wunder", "Velowunder", "EUR", "Europe/Berlin", 260, 330, 1900, 16),
    Business("teapot-lane", "Teapot Lane", "USD", "America/New_York", 140, 0, 900, 30),
)


@dataclass(frozen=True)
class LivingShops:
    """The running fakes, and the environment of the tenants' credentials."""

    meta: Meta
    google: GoogleAds
    klaviyo: Klaviyo
    shopify: Shopify
    environment: dict[str, str] = field(default_factory=dict)


class _Days:
    """The days of a business with their ups and downs; the same seed, the same story."""

    def __init__(self, business: Business, last: date, count: int) -> None:
        self.business, self.last, self.count = business, last, count
        self.rng = random.Random(business.name)

    def __iter__(self) -> Iterator[tuple[date, float]]:
        for ago in range(self.count - 1, -1, -1):
            day = self.last - timedelta(days=ago)
            weekend = 1.25 if day.weekday() >= 5 else 1.0
            season = 1 + 0.12 * math.sin(ago / 14)
            yield day, weekend * season * self.rng.uniform(0.9, 1.1)

    def went_wrong(self, day: date) -> bool:
        return (self.last - day).days == self.business.mishap


def _meta(days: _Days, account: AdAccount) -> None:
    for day, level in days:
        # A campaign whose daily budget has one zero too many.
        factor = 6 if days.went_wrong(day) else 1
        for campaign in (1, 2):
            spend = days.business.meta_spend * level * factor / 2
            bought = str(int(spend / factor / 22))
            account.deliver(day, campaign, f"{spend:.2f}", purchases=bought)


def _google(days: _Days, customer: Customer) -> None:
    for day, level in days:
        spend = days.business.google_spend * level
        more = {"conversions": spend / 30, "conversionsValue": round(spend * 3.1, 2)}
        customer.deliver(day, 7, round(spend * 1e6), clicks=int(spend / 1.4), **more)


def _store(days: _Days, shop: FakeShop) -> None:
    number, zone = 1000, ZoneInfo(days.business.timezone)
    for day, level in days:
        count = max(1, int(days.business.sales * level / BASKET))
        for turn in range(count):
            number += 1
            hour = time(8 + turn % 13, turn * 7 % 60)
            when = datetime.combine(day, hour, zone).astimezone(UTC)
            if when > datetime.now(UTC):
                continue
            total = f"{days.rng.uniform(0.4, 1.6) * BASKET:.2f}"
            shop.order(number, when, total=total, index=1 if turn % 3 == 0 else 2)
    for number in range(501, 513):
        shop.product(number, datetime.combine(days.last - timedelta(days=400), time(9), UTC))


def _campaigns(days: _Days, account: Account) -> None:
    for week in range(days.count // 7):
        day = days.last - timedelta(days=3 + 7 * week)
        account.send(f"C{week:03d}", f"{day}T09:00:00+00:00")
        value = round(days.business.sales * days.rng.uniform(0.2, 0.5), 2)
        account.statistics[f"C{week:03d}"] |= {"conversions": 9.0, "conversion_value": value}
    account.flow("F001", name="Welcome")
    for back in range(days.count):
        day = days.last - timedelta(days=back)
        account.bring("F001", day, opens=20 + back % 7, conversions=1, conversion_value=30.0)


def _tenant(business: Business, number: int) -> dict[str, object]:
    name = business.name
    budget = {"meta-ads": business.meta_spend * 32, "google-ads": business.google_spend * 30}
    return {
        "name": name,
        "title": business.title,
        "timezone": business.timezone,
        "currency": business.currency,
        "monthly_budget": {channel: f"{amount:.0f}" for channel, amount in budget.items()},
        "meta_ads": [{"id": f"{number}", "credentials": f"{name}-meta"}],
        "google_ads": [{"id": f"{number:010d}", "credentials": f"{name}-google"}]
        if business.google_spend
        else [],
        "shopify": [{"id": f"{name}.myshopify.com", "credentials": f"{name}-shop"}],
        "klaviyo": [
            {
                "id": f"K{number}",
                "credentials": f"{name}-klaviyo",
                "conversion_metric": "RESQ6t",
            }
        ],
    }


@contextmanager
def living_shops(tenants: Path, last: date, count: int = 90) -> Iterator[LivingShops]:
    """Serve them until the block ends.

    Writes a tenant file each into `tenants`; they live for `count` days, until `last`.
    """
    tenants.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        shops = LivingShops(
            stack.enter_context(serve_meta()),
            stack.enter_context(serve_google_ads()),
            stack.enter_context(serve_klaviyo()),
            stack.enter_context(serve_shopify()),
        )
        shops.google.batch = 200
        for number, business in enumerate(BUSINESSES, 2001):
            _open(shops, business, number, _Days(business, last, count))
            file = tenants / f"{business.name}.yaml"
            file.write_text(yaml.safe_dump(_tenant(business, number)))
        yield shops


def _open(shops: LivingShops, business: Business, number: int, days: _Days) -> None:
    """The accounts of one business, with all that happened in them."""
    name = business.name
    about: dict[str, Any] = {"currency": business.currency, "timezone": business.timezone}
    _meta(days, shops.meta.add(AdAccount(f"{number}", f"token-{name}", **about)))
    if business.google_spend:
        _google(days, shops.google.add(Customer(f"{number:010d}", f"refresh-{name}", **about)))
    _campaigns(days, shops.klaviyo.add(Account(f"K{number}", f"key-{name}", **about)))
    _store(days, shops.shopify.add(FakeShop(name, tokens={f"token-{name}": None}, **about)))
    values = {
        "META_ACCESS_TOKEN": f"token-{name}",
        "META_BASE_URL": shops.meta.url,
        "GOOGLE_CLIENT_ID": "client",
        "GOOGLE_CLIENT_SECRET": "secret",
        "GOOGLE_REFRESH_TOKEN": f"refresh-{name}",
        "GOOGLE_BASE_URL": shops.google.url,
        "GOOGLE_TOKEN_URL": shops.google.token_url,
        "KLAVIYO_API_KEY": f"key-{name}",
        "KLAVIYO_BASE_URL": shops.klaviyo.url,
        "SHOP_ACCESS_TOKEN": f"token-{name}",
        "SHOP_BASE_URL": shops.shopify.base_url(name),
    }
    prefix = name.upper().replace("-", "_")
    shops.environment.update({f"{prefix}_{name}": value for name, value in values.items()})
