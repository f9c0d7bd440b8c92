"""The client for Shopify against a stand-in over a socket: tokens, points, refusals, pages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stamina

from ff_analytics.demo.providers import shopify_rules
from ff_analytics.demo.providers.shopify import Shopify
from ff_analytics.demo.providers.shopify_shop import ALL_SCOPES, Bucket, FakeShop
from ff_analytics.domains.marketing.shopify import queries
from ff_analytics.domains.marketing.shopify.api.bulk import Bulk
from ff_analytics.domains.marketing.shopify.api.client import Shop, connect
from ff_analytics.domains.marketing.shopify.credentials import ShopifyCredentials
from ff_analytics.domains.marketing.shopify.orders import PAGE
from ff_analytics.engine.accounts.connection import test_connection as ask_who
from ff_analytics.engine.base.errors import (
    AuthError,
    FFError,
    RateLimited,
    SourceError,
    SourceUnavailable,
)
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.traffic import Traffic

pytestmark = pytest.mark.usefixtures("quick")
NOW = datetime.now(UTC).replace(microsecond=0)
SINCE = "updated_at:>='2020-01-01T00:00:00Z'"

Open = Callable[..., Shop]


@pytest.fixture
def acme(shopify: Shopify) -> FakeShop:
    """Five orders with two lines each, shown two a page."""
    shop = shopify.shops["acme"]
    for number in range(1, 6):
        shop.order(number, NOW - timedelta(hours=number), lines=2)
    shop.most_per_page = 2
    return shop


@pytest.fixture
def opened(acme: FakeShop, shopify: Shopify) -> Open:
    """`opened()` is a client of the shop `acme`; values are of its credentials."""

    def build(**credentials: str) -> Shop:
        given = credentials or {"access_token": "token-of-acme"}
        values = {"base_url": shopify.base_url("acme"), **given}
        known = ShopifyCredentials.model_validate(values)
        api = connect(known, acme.domain, Settings(http_timeout=5), Traffic(), "Shopify acme")
        return Shop(api, acme.domain)

    return build


def orders(shop: Shop) -> list[str]:
    """Names of the orders, page by page."""
    pages = shop.pages(queries.ORDERS, ("orders",), PAGE, filter=SINCE)
    return [order["name"] for page in pages for order in page]


def bulk(shop: Shop) -> list[tuple[str, int]]:
    """Names of the orders and how many lines each has, in bulk."""
    done = Bulk(shop, poll=(0.01, 0.01), patience=0.02)
    pages = done.pages(queries.bulk_orders(SINCE), "lineItems")
    return sorted((order["name"], len(order["lineItems"])) for page in pages for order in page)


ALL = ["#5", "#4", "#3", "#2", "#1"]
WHOLE = [(f"#{number}", 2) for number in range(1, 6)]


def test_who_the_token_is_of(opened: Open, shopify: Shopify) -> None:
    token = ShopifyCredentials(access_token="token-of-acme", base_url=shopify.base_url("acme"))
    assert ask_who(token)["account"] == "Acme (acme.myshopify.com)"
    assert "give the shop's domain" in ask_who(ShopifyCredentials(access_token="x"))["error"]


def test_a_full_page_costs_less_than_a_question_may(acme: FakeShop) -> None:
    cost = shopify_rules.cost(queries.ORDERS, {"first": PAGE})
    assert 0.8 * shopify_rules.MOST_POINTS < cost <= shopify_rules.MOST_POINTS


def test_a_page_that_costs_too_much_is_asked_for_in_smaller_ones(
    opened: Open, shopify: Shopify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ff_analytics.demo.providers.shopify_rules.MOST_POINTS", 400)
    assert orders(opened()) == ALL
    sizes = [body["variables"]["first"] for body in shopify.questions("orders(")]
    assert sizes == [10, 5, 2, 2, 2]


def test_a_question_that_is_always_too_costly_ends(
    opened: Open, shopify: Shopify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ff_analytics.demo.providers.shopify_rules.MOST_POINTS", 20)
    with pytest.raises(SourceError, match="exceeds the single query max cost"):
        orders(opened())
    assert len(shopify.questions("orders(")) == 4


def test_the_pace_follows_the_points_that_are_left(acme: FakeShop, opened: Open) -> None:
    acme.bucket = Bucket(maximum=1000, rate=5000)
    shop = opened()
    assert (orders(shop), shop.api.traffic.retries) == (ALL, 0)
    assert shop.api.traffic.throttled_seconds > 0


def test_a_throttle_under_200_is_waited_for(acme: FakeShop, opened: Open) -> None:
    stamina.set_testing(False)  # the waits are what is tested
    acme.bucket = Bucket(maximum=1000, rate=5000, refusals=2)
    shop = opened()
    assert orders(shop) == ALL
    assert shop.api.traffic.retries == 2
    assert 0.1 < shop.api.traffic.throttled_seconds < 2


def test_a_long_throttle_ends_the_run_and_says_until_when(acme: FakeShop, opened: Open) -> None:
    acme.bucket = Bucket(rate=0.01, refusals=9)
    with pytest.raises(RateLimited, match=r"requires a wait of \d+ s.*run again after"):
        orders(opened())
    assert acme.bucket.refusals == 8


def test_a_minted_token_is_renewed_when_it_expires(
    acme: FakeShop, opened: Open, shopify: Shopify
) -> None:
    acme.client, acme.questions_a_token = ("app", "secret"), 2
    assert orders(opened(client_id="app", client_secret="secret")) == ALL
    assert len(shopify.faults.asked("oauth")) == 2


def test_a_wrong_secret_is_refused_without_showing_it(
    acme: FakeShop, opened: Open, shopify: Shopify
) -> None:
    acme.client = ("app", "another")
    with pytest.raises(AuthError, match="application_cannot_be_found") as refused:
        orders(opened(client_id="app", client_secret="planted-secret"))
    assert "planted-secret" not in str(refused.value)
    assert len(shopify.faults.journal) == 1


def test_a_token_that_stays_refused_after_renewal_ends(
    acme: FakeShop, opened: Open, shopify: Shopify
) -> None:
    acme.client, acme.questions_a_token = ("app", "secret"), 0
    with pytest.raises(AuthError, match="also with a new token"):
        orders(opened(client_id="app", client_secret="secret"))
    assert len(shopify.faults.asked("oauth")) == 2


def test_a_refused_token_is_never_tried_again(
    acme: FakeShop, opened: Open, shopify: Shopify
) -> None:
    acme.tokens.clear()
    with pytest.raises(AuthError, match="refuses the access token"):
        orders(opened())
    assert len(shopify.faults.journal) == 1


def test_credentials_without_a_token_or_a_secret_say_what_is_missing(opened: Open) -> None:
    with pytest.raises(AuthError, match="give an access_token, or a client_id"):
        opened(client_id="app")


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (402, SourceError, "frozen"),
        (403, AuthError, "grant it the scopes"),
        (404, SourceError, "no such shop or API version"),
        (423, SourceError, "locked"),
        (430, SourceError, "attack"),
    ],
)
def test_a_refusal_says_what_to_do(
    opened: Open, shopify: Shopify, status: int, kind: type[FFError], words: str
) -> None:
    shopify.faults.status("graphql", status, {"errors": "no"}, times=9)
    with pytest.raises(kind, match=words):
        orders(opened())
    assert len(shopify.faults.journal) == 1


def test_a_version_that_never_was_is_refused(opened: Open, shopify: Shopify) -> None:
    wrong = f"{shopify.url}/acme/admin/api/2026-13"
    with pytest.raises(SourceError, match="API version"):
        orders(opened(access_token="token-of-acme", base_url=wrong))


def test_a_version_that_has_ended_is_told(opened: Open, shopify: Shopify) -> None:
    old = f"{shopify.url}/acme/admin/api/2024-10"
    shop = opened(access_token="token-of-acme", base_url=old)
    assert orders(shop) == ALL
    assert "2024-10 has ended and Shopify answers as 2026-10" in shop.notes[0]


def test_a_field_that_is_gone_names_itself(opened: Open, shopify: Shopify) -> None:
    gone = {"message": "Field 'test' doesn't exist", "extensions": {"code": "undefinedField"}}
    shopify.faults.status("graphql", 200, {"errors": [gone]}, times=9)
    with pytest.raises(SourceError, match=r"Field 'test' doesn't exist.*API version"):
        orders(opened())
    assert len(shopify.faults.journal) == 1


def test_data_with_holes_where_access_was_denied_counts_as_none(
    acme: FakeShop, opened: Open
) -> None:
    acme.scopes = ALL_SCOPES - {"read_customers"}
    with pytest.raises(AuthError, match="Access denied for customer field"):
        orders(opened())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda faults: faults.status("graphql", 502, "<html>Bad Gateway</html>", skip=1),
        lambda faults: faults.status("graphql", 200, "<html>soon</html>", skip=1),
        lambda faults: faults.on("graphql", skip=1, cut_at=40),
        lambda faults: faults.status(
            "graphql", 200, {"errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}, skip=1
        ),
        lambda faults: faults.status("graphql", 429, "later", headers={"Retry-After": "0"}, skip=1),
    ],
    ids=["gateway page", "page under 200", "cut off on page 2", "error code", "429"],
)
def test_what_passes_by_itself_is_tried_again(opened: Open, shopify: Shopify, spoil: Any) -> None:
    spoil(shopify.faults)
    shop = opened()
    assert (orders(shop), shop.api.traffic.retries) == (ALL, 1)


def page_info(**info: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def change(body: dict[str, Any]) -> dict[str, Any]:
        body["data"]["orders"]["pageInfo"] = {"hasNextPage": True, **info}
        return body

    return change


def test_paging_in_a_circle_ends(opened: Open, shopify: Shopify) -> None:
    shopify.faults.on("graphql", times=99, change=page_info(endCursor="WyIiLCAwXQ=="))
    with pytest.raises(SourceUnavailable, match="paging loops"):
        orders(opened())


def test_a_page_without_the_cursor_of_the_next_is_not_the_end(
    opened: Open, shopify: Shopify
) -> None:
    shopify.faults.on("graphql", change=page_info(endCursor=None))
    with pytest.raises(SourceUnavailable, match="no cursor"):
        orders(opened())


def test_a_bulk_operation_gives_every_order_with_its_lines(opened: Open) -> None:
    assert bulk(opened()) == WHOLE


def test_a_bulk_operation_without_an_object_has_no_file(acme: FakeShop, opened: Open) -> None:
    acme.orders.clear()
    assert bulk(opened()) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda shop: shop.outcomes.append({"status": "FAILED", "errorCode": "TIMEOUT"}),
        lambda shop: shop.outcomes.append({"status": "CANCELED"}),
        lambda shop: shop.outcomes.append({"status": "EXPIRED"}),
        lambda shop: shop.outcomes.append({"status": "RUNNING", "objectCount": "3"}),
        lambda shop: shop.outcomes.append({"objectCount": "99"}),
        lambda shop: setattr(shop, "expired_files", 1),
    ],
    ids=["failed", "cancelled", "expired", "stuck", "lines lost", "address expired"],
)
def test_a_bulk_operation_that_fails_is_started_again(
    acme: FakeShop, opened: Open, shopify: Shopify, spoil: Any
) -> None:
    spoil(acme)
    assert bulk(opened()) == WHOLE
    assert len(shopify.questions("bulkOperationRunQuery")) == 2


def test_bulk_operations_that_keep_failing_end_with_the_reason(
    acme: FakeShop, opened: Open
) -> None:
    acme.outcomes = [{"status": "FAILED", "errorCode": "INTERNAL_SERVER_ERROR"}] * 3
    with pytest.raises(SourceUnavailable, match="failed 3 times: it ended FAILED INTERNAL"):
        bulk(opened())


def test_a_bulk_operation_that_is_denied_access_is_not_started_again(
    acme: FakeShop, opened: Open, shopify: Shopify
) -> None:
    acme.outcomes = [{"status": "FAILED", "errorCode": "ACCESS_DENIED"}]
    with pytest.raises(AuthError, match="denied access"):
        bulk(opened())
    assert len(shopify.questions("bulkOperationRunQuery")) == 1


def test_a_file_that_breaks_off_is_fetched_again(opened: Open, shopify: Shopify) -> None:
    shopify.faults.on("files", cut_at=40)
    assert bulk(opened()) == WHOLE
    assert len(shopify.faults.asked("files")) == 2


def test_too_many_bulk_operations_at_once_are_told(acme: FakeShop, opened: Open) -> None:
    acme.operations = {str(n): {"states": [{}], "end": {}} for n in range(5)}
    with pytest.raises(SourceUnavailable, match="LIMIT_REACHED"):
        bulk(opened())
