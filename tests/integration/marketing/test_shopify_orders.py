"""ingest/shopify-orders against a stand-in for Shopify over a socket."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ff_analytics.demo.providers.shopify import Shopify
from ff_analytics.demo.providers.shopify_shop import ALL_SCOPES, FakeShop
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import AuthError, ContractViolation, FFError, SourceError
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


def load(**options: Any) -> IngestionSummary:
    return run_ingest("shopify-orders", options)


def rows(columns: str, table: str = "orders") -> list[tuple[Any, ...]]:
    return lake.read(f"SELECT {columns} FROM raw_shopify.{table} ORDER BY ALL").rows()


def counts(summary: IngestionSummary) -> tuple[int, ...]:
    return tuple(summary.totals[name] for name in ("new", "updated", "unchanged", "rejected"))


@pytest.fixture
def busy(acme: FakeShop) -> FakeShop:
    """Five orders of one line each, an hour apart, shown two a page."""
    for number in range(1, 6):
        acme.order(number, NOW - number * HOUR, total=f"{number}.10")
    acme.most_per_page = 2
    return acme


def test_rows_are_typed_exact_and_keyed(busy: FakeShop) -> None:
    assert counts(load()) == (10, 0, 0, 0)
    assert rows("order_id, total_price, currency, created_at, first_order, utm_campaign")[0] == (
        *("1", Decimal("1.100000"), "USD", NOW - HOUR, True, "spring"),
    )
    lines = rows("order_id, line_id, product_id, discounted_total", "order_lines")
    assert lines[0] == ("1", "1001", "501", Decimal("9.500000"))
    assert counts(load(since=NOW.date() - timedelta(days=2))) == (0, 0, 10, 0)


def test_the_next_run_asks_ten_minutes_back(busy: FakeShop, shopify: Shopify) -> None:
    load()
    shopify.faults.heal()
    assert counts(load())[:3] == (0, 0, 2)
    (asked,) = shopify.questions("orders(")
    back = f"{NOW - HOUR - timedelta(minutes=10):%Y-%m-%dT%H:%M:%SZ}"
    assert asked["variables"]["filter"] == f"updated_at:>='{back}'"


def test_an_order_that_changes_between_pages_wins_by_its_last_version(busy: FakeShop) -> None:
    def refund() -> None:
        busy.change(5, NOW, displayFinancialStatus="REFUNDED", cancelledAt=None)

    busy.after_page = [refund]
    assert counts(load()) == (10, 0, 0, 0)
    assert rows("order_id, financial_status, updated_at")[4] == ("5", "REFUNDED", NOW)


def test_a_late_stale_page_does_not_overwrite_a_newer_order(busy: FakeShop) -> None:
    busy.change(5, NOW, displayFinancialStatus="VOIDED")
    load()
    busy.change(5, NOW - 5 * HOUR, displayFinancialStatus="PAID")
    assert load(since=NOW.date() - timedelta(days=2)).totals["updated"] == 0
    assert rows("financial_status")[-1] == ("VOIDED",)


def test_a_cancelled_order_stays_with_its_time(busy: FakeShop) -> None:
    load()
    when = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    busy.change(3, NOW, cancelledAt=when, cancelReason="CUSTOMER")
    assert counts(load())[:2] == (0, 2)
    assert ("3", NOW, "CUSTOMER") in rows("order_id, cancelled_at, cancel_reason")
    assert len(rows("order_id")) == 5


def test_more_lines_than_fit_are_asked_for(acme: FakeShop, shopify: Shopify) -> None:
    acme.order(1, NOW - HOUR, lines=13)
    acme.most_per_page = 5
    load()
    assert len(rows("line_id", "order_lines")) == 13
    assert len(shopify.questions("order(id:")) == 2


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_day_is_the_shops_also_when_clocks_change(acme: FakeShop, shopify: Shopify) -> None:
    days = {
        "2026-03-08T04:59:59": date(2026, 3, 7),
        "2026-03-08T05:00:00": date(2026, 3, 8),
        "2026-03-09T03:59:59": date(2026, 3, 8),  # summer time since 7:00
        "2026-11-02T04:59:59": date(2026, 11, 1),  # winter time since 6:00
        "2026-11-02T05:00:00": date(2026, 11, 2),
    }
    for number, created in enumerate(days):
        acme.order(number, at(created), updated=NOW)
    load()
    assert [row[0] for row in rows("created_date, order_id")] == sorted(days.values())
    acme.timezone = "Pacific/Kiritimati"  # 14 hours ahead of UTC
    acme.order(9, at("2026-03-07T10:00:00"), updated=NOW)
    load()
    assert (date(2026, 3, 8), "9", "Pacific/Kiritimati") in rows("created_date, order_id, timezone")


def test_a_shop_that_moves_is_told(busy: FakeShop) -> None:
    load()
    busy.timezone, busy.currency = "Europe/Berlin", "EUR"
    warnings = " ".join(load().warnings)
    assert "timezone was America/New_York and is Europe/Berlin" in warnings
    assert "currency was USD and is EUR" in warnings


def test_a_timezone_that_is_unknown_here_is_refused(busy: FakeShop) -> None:
    busy.timezone = "Moon/Tranquility"
    with pytest.raises(SourceError, match=r"Moon/Tranquility.*tzdata"):
        load()


def test_a_long_window_is_loaded_in_bulk(busy: FakeShop, shopify: Shopify) -> None:
    busy.order(6, NOW - timedelta(days=300), lines=4)
    summary = load(since=NOW.date() - timedelta(days=400))
    assert (summary.totals["new"], shopify.questions("pageInfo")) == (15, [])
    assert counts(load()) == (0, 0, 2, 0)


def test_the_window_is_of_the_shops_days(acme: FakeShop, shopify: Shopify) -> None:
    load(since=date(2026, 3, 8), until=date(2026, 3, 8))
    (asked,) = shopify.questions("orders(")
    assert asked["variables"]["filter"] == (
        "updated_at:>='2026-03-08T05:00:00Z' AND updated_at:<'2026-03-09T04:00:00Z'"
    )


def test_a_look_back_leaves_no_gap(busy: FakeShop, shopify: Shopify) -> None:
    load()
    busy.order(9, NOW - timedelta(minutes=30))
    past = NOW.date() - timedelta(days=9)
    load(since=past, until=past)
    assert load().totals["new"] == 2


def test_a_later_window_does_not_hide_what_lies_before_it(acme: FakeShop) -> None:
    acme.order(1, NOW - timedelta(days=9))
    load()
    acme.order(2, NOW - timedelta(days=5))
    acme.order(3, NOW - HOUR)
    load(since=NOW.date() - timedelta(days=2))
    load()
    assert rows("order_id") == [("1",), ("2",), ("3",)]


def test_currencies_stay_apart(busy: FakeShop) -> None:
    busy.order(6, NOW - HOUR, currency="EUR")
    load()
    assert {row[0] for row in rows("currency")} == {"USD", "EUR"}


def test_no_field_about_a_person_is_asked_for(busy: FakeShop, shopify: Shopify) -> None:
    load()
    asked = " ".join(body["query"] for body in shopify.questions())
    personal = ("email", "phone", "Address", "displayName", "firstName", "note", "clientIp")
    assert not [word for word in personal if word in asked]


def test_a_page_twice_and_in_another_order_changes_nothing(
    busy: FakeShop, shopify: Shopify
) -> None:
    def twice(body: dict[str, Any]) -> dict[str, Any]:
        orders = body["data"]["orders"]
        orders["nodes"] = (orders["nodes"] * 2)[::-1]
        return body

    shopify.faults.on("graphql", skip=1, times=3, change=twice)
    assert counts(load()) == (10, 0, 0, 0)


def spoilt(name: str, value: Any) -> Any:
    def spoil(body: dict[str, Any]) -> dict[str, Any]:
        body["data"]["orders"]["nodes"][0][name] = value
        body["data"]["orders"]["nodes"][0]["somethingNew"] = {"deep": 1}
        return body

    return spoil


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("updatedAt", "yesterday", "updated_at is yesterday, not of type Datetime"),
        ("totalPriceSet", None, "total_price"),
        ("test", "perhaps", "test is perhaps, not of type Boolean"),
    ],
)
def test_one_bad_order_is_set_aside_with_its_reason(
    acme: FakeShop, shopify: Shopify, name: str, value: Any, reason: str
) -> None:
    for number in range(1, 41):
        acme.order(number, NOW - HOUR, lines=0)
    shopify.faults.on("graphql", skip=1, change=spoilt(name, value))
    summary = load()
    assert (summary.totals["new"], summary.totals["rejected"]) == (39, 1)
    assert reason in str(summary.parts[0].rejected_because)


def test_an_order_that_was_set_aside_is_asked_for_until_it_is_mended(
    acme: FakeShop, shopify: Shopify
) -> None:
    for number in range(1, 41):
        acme.order(number, NOW - 3 * HOUR, lines=0)
    acme.order(41, NOW - HOUR, lines=0)
    for _ in range(2):
        shopify.faults.on("graphql", skip=1, change=spoilt("test", "perhaps"))
        assert load().totals["rejected"] == 1
    assert counts(load()) == (1, 0, 40, 0)
    assert counts(load()) == (0, 0, 1, 0)


def test_many_bad_orders_refuse_the_load_and_hold_the_window(
    busy: FakeShop, shopify: Shopify
) -> None:
    shopify.faults.on("graphql", skip=1, change=spoilt("processedAt", "no"))
    with pytest.raises(ContractViolation, match=r"of 5 rows"):
        load()
    assert load().totals["new"] == 5
    assert len(rows("order_id")) == 5


def test_an_empty_window_is_no_failure(acme: FakeShop) -> None:
    assert load().totals["fetched"] == 0


def test_tenants_are_isolated(busy: FakeShop, shopify: Shopify, tenants: Tenants) -> None:
    tenants(beta={"shopify": [{"id": "beta.myshopify.com", "credentials": "beta-shop"}]})
    shopify.shops["beta"].tokens.clear()
    with pytest.raises(FFError, match=r"others are loaded.*beta/beta.myshopify.com"):
        load()
    assert len(rows("order_id")) == 5


def test_an_answer_built_otherwise_stops_its_tenant_alone(
    busy: FakeShop, shopify: Shopify, tenants: Tenants
) -> None:
    tenants(beta={"shopify": [{"id": "beta.myshopify.com", "credentials": "beta-shop"}]})
    shopify.faults.on("/beta/", times=9, change=lambda body: {**body, "data": {"shop": None}})
    with pytest.raises(SourceError, match=r"others are loaded.*beta.*unexpected structure"):
        load()
    assert len(rows("order_id")) == 5


def test_another_tenants_shop_is_refused(
    busy: FakeShop, shopify: Shopify, tenants: Tenants
) -> None:
    tenants(acme={"shopify": [{"id": "acme.myshopify.com", "credentials": "beta-shop"}]})
    with pytest.raises(AuthError, match=r"the shop beta.myshopify.com answered"):
        load()
    assert shopify.questions("orders(") == []


def test_without_credentials_nothing_is_invented(
    busy: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACME_SHOP_ACCESS_TOKEN")
    monkeypatch.delenv("ACME_SHOP_BASE_URL")
    summary = load()
    assert summary.skipped
    assert "no credentials 'acme-shop'" in summary.line()


def test_the_last_sixty_days_alone_are_told(busy: FakeShop) -> None:
    busy.scopes = ALL_SCOPES - {"read_all_orders"}
    busy.order(9, NOW - timedelta(days=80))
    summary = load(since=NOW.date() - timedelta(days=90))
    assert "read_all_orders" in summary.warnings[0]
