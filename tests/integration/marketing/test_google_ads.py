"""ingest/google-ads against a stand-in for Google Ads over a socket."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from starlette.responses import Response

from ff_analytics.demo.providers.google_ads import Customer, GoogleAds, failure
from ff_analytics.domains.marketing.google_ads.credentials import GoogleAdsCredentials
from ff_analytics.engine import lake
from ff_analytics.engine.accounts.connection import test_connection as connection_of
from ff_analytics.engine.base.errors import (
    AuthError,
    ConfigError,
    FFError,
    RateLimited,
    SourceError,
)
from ff_analytics.engine.http.credentials import resolve
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
DAY = date(2026, 3, 8)  # the day New York sets its clocks forward
MANAGER = "9990001111"
INTERNAL = {"error": {"code": 13, "status": "INTERNAL", "message": "Broken off."}}


@pytest.fixture
def acme(google: GoogleAds, tenants: Tenants) -> Customer:
    """One tenant whose customer delivered two campaigns on each of three days."""
    customer = google.add(Customer("1234567890", "refresh-of-acme"))
    for offset in range(3):
        for campaign in (1, 2):
            customer.deliver(DAY + timedelta(days=offset), campaign, campaign * 1_230_001)
    tenants(acme={"google_ads": [{"id": "123-456-7890", "credentials": "acme-google"}]})
    return customer


def load(**options: Any) -> IngestionSummary:
    return run_ingest("google-ads", {"since": DAY, "until": DAY + timedelta(days=2), **options})


def stored(columns: str = "date, campaign_id, cost, conversions") -> list[tuple[Any, ...]]:
    return lake.read(
        f"SELECT {columns} FROM raw_google_ads.campaign_day ORDER BY tenant, date, campaign_id"
    ).rows()


def queries(google: GoogleAds) -> list[str]:
    return [seen.json["query"] for seen in google.faults.asked("searchStream")]


def test_rows_are_typed_exact_and_keyed(acme: Customer) -> None:
    assert load().totals["new"] == 6
    assert stored()[0] == (DAY, "1", Decimal("1.230001"), Decimal("1.5"))
    assert stored("currency, timezone, customer_id")[0] == ("USD", acme.timezone, "1234567890")
    again = load().totals
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 6)


def test_fields_that_are_zero_are_left_out_by_google_and_zero_here(acme: Customer) -> None:
    acme.deliver(DAY, 3, 0, clicks=0, conversions=0.0, allConversions=1 / 3)
    load()
    kept = stored("campaign_id, cost, clicks, conversions, all_conversions")[2]
    assert kept == ("3", 0, 0, 0, Decimal("0.333333"))


def test_removed_campaigns_still_come(acme: Customer) -> None:
    acme.rows[0]["status"] = "REMOVED"
    load()
    assert stored("campaign_status")[0] == ("REMOVED",)


@pytest.mark.parametrize("token", ["an-old-one", " ", ""])
def test_a_developer_token_is_optional(
    acme: Customer, google: GoogleAds, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("ACME_GOOGLE_DEVELOPER_TOKEN", token)
    assert load().totals["new"] > 0
    sent = [asked.headers.get("developer-token") for asked in google.faults.asked("searchStream")]
    assert set(sent) == {token.strip() or None}


def test_a_campaign_that_vanished_keeps_its_past(acme: Customer) -> None:
    for campaign in range(100, 110):
        acme.deliver(DAY, campaign, 1_000_000)
    load()
    before = stored()
    acme.rows.pop()
    assert load().totals["deleted"] == 0
    assert stored() == before


def test_restated_and_withdrawn_days_follow_the_provider(acme: Customer) -> None:
    load()
    acme.rows[0]["conversions"] = 4.25
    del acme.rows[5]
    totals = load().totals
    assert (totals["updated"], totals["deleted"]) == (1, 1)
    assert stored()[0][3] == Decimal("4.25")


@pytest.mark.parametrize(("options", "days"), [({}, 30), ({"restated_days": 90}, 90)])
def test_the_next_run_reads_the_restatement_window_again(
    acme: Customer, google: GoogleAds, options: dict[str, int], days: int
) -> None:
    load()
    google.faults.heal()
    run_ingest("google-ads", {"until": DAY + timedelta(days=3), **options})
    first, last = DAY + timedelta(days=2 - days), DAY + timedelta(days=3)
    assert queries(google)[1].endswith(f"BETWEEN '{first}' AND '{last}'")


def test_today_is_a_day_of_the_customer(acme: Customer, google: GoogleAds) -> None:
    acme.timezone = "Pacific/Kiritimati"  # 14 hours ahead of UTC
    run_ingest("google-ads")
    until = (datetime.now(UTC) + timedelta(hours=14)).date()
    assert queries(google)[1].endswith(f"AND '{until}'")


def test_an_empty_stream_is_no_failure(acme: Customer) -> None:
    empty = DAY - timedelta(days=9)
    assert load(since=empty, until=empty).totals["fetched"] == 0


def test_a_change_of_currency_is_said(acme: Customer) -> None:
    load()
    acme.currency = "EUR"
    (warning,) = load(since=DAY + timedelta(days=2)).warnings
    assert "currency was USD and is EUR" in warning
    assert [c for (c,) in stored("currency")] == ["USD"] * 4 + ["EUR"] * 2


def test_an_access_token_that_ends_midway_is_renewed_once(
    acme: Customer, google: GoogleAds
) -> None:
    def expire(request: Any) -> Response:
        google.expire()
        return failure("authenticationError", "OAUTH_TOKEN_EXPIRED", 401)

    google.faults.on("searchStream", skip=1, answer=expire)
    assert load().totals["new"] == 6
    assert google.minted == 2


def test_a_token_that_is_refused_again_ends_it(acme: Customer, google: GoogleAds) -> None:
    expired = failure("authenticationError", "OAUTH_TOKEN_EXPIRED", 401)
    google.faults.on("searchStream", times=9, answer=lambda _: expired)
    with pytest.raises(AuthError, match="also with a new token"):
        load()
    assert google.minted == 2


def test_a_revoked_refresh_token_is_never_tried_again(acme: Customer, google: GoogleAds) -> None:
    acme.refresh_token = "another"
    with pytest.raises(AuthError, match=r"expired or revoked.*signing in again"):
        load()
    assert len(google.faults.journal) == 1


def test_the_token_address_is_asked_again_when_it_fails(acme: Customer, google: GoogleAds) -> None:
    google.faults.status("/token", 503, "<html>busy</html>")
    assert load().retries == 1


def test_a_customer_below_a_manager_needs_its_id(
    acme: Customer, google: GoogleAds, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.managed_by = MANAGER
    with pytest.raises(AuthError, match="set login_customer_id to the manager"):
        load()
    assert len(google.faults.asked("searchStream")) == 1
    monkeypatch.setenv("ACME_GOOGLE_LOGIN_CUSTOMER_ID", "999-000-1111")
    assert load().totals["new"] == 6


@pytest.mark.parametrize("stream", [True, False], ids=["array of one", "object"])
def test_a_throttle_is_waited_for_as_long_as_it_says(
    acme: Customer, google: GoogleAds, stream: bool
) -> None:
    busy = ("quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", 429)
    google.faults.on(
        "searchStream", times=2, answer=lambda _: failure(*busy, wait="0.1s", stream=stream)
    )
    summary = load()
    assert (summary.totals["new"], summary.retries) == (6, 2)
    assert summary.throttled_seconds == pytest.approx(0.2, abs=0.1)


@pytest.mark.parametrize(
    ("code", "wait", "words"),
    [
        ("RESOURCE_EXHAUSTED", "", "daily quota.*run again tomorrow"),
        ("RESOURCE_TEMPORARILY_EXHAUSTED", "900s", "requires a wait of 900 s"),
    ],
)
def test_a_quota_that_stays_used_up_is_not_asked_again(
    acme: Customer, google: GoogleAds, code: str, wait: str, words: str
) -> None:
    gone = failure("quotaError", code, 429, wait=wait)
    google.faults.on("searchStream", times=9, answer=lambda _: gone)
    with pytest.raises(RateLimited, match=words):
        load()
    assert len(google.faults.asked("searchStream")) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda google: google.faults.status("searchStream", 502, "<html>Bad Gateway</html>"),
        lambda google: google.faults.status("searchStream", 200, "<html>Sign in</html>"),
        lambda google: google.faults.on("searchStream", skip=1, cut_at=60),
        lambda google: google.faults.on(
            "searchStream", answer=lambda _: Response(b'[{"results": [{"campaign"', 200)
        ),
        lambda google: google.faults.on(
            "searchStream",
            skip=1,
            change=lambda body: [body[0], INTERNAL],
        ),
        lambda google: google.faults.on(
            "searchStream", answer=lambda _: failure("internalError", "TRANSIENT_ERROR", 500)
        ),
    ],
    ids=["gateway", "page under 200", "cut off", "half an array", "error midway", "transient"],
)
def test_what_passes_by_itself_is_tried_again(
    acme: Customer, google: GoogleAds, spoil: Any
) -> None:
    spoil(google)
    summary = load()
    assert (summary.totals["new"], summary.retries) == (6, 1)


def test_a_version_that_has_ended_is_named(acme: Customer, google: GoogleAds) -> None:
    google.faults.status("searchStream", 404, "<html>Not Found</html>", times=9)
    with pytest.raises(SourceError, match=r"version of the Google Ads API has ended.*base_url"):
        load()
    assert len(google.faults.asked("searchStream")) == 1


def test_a_field_that_google_does_not_know_is_told_as_it_says(
    acme: Customer, google: GoogleAds
) -> None:
    unknown = failure("queryError", "UNRECOGNIZED_FIELD", 400)
    google.faults.on("searchStream", answer=lambda _: unknown)
    with pytest.raises(SourceError, match="UNRECOGNIZED_FIELD: Text of"):
        load()


def test_a_closed_account_is_left_out_and_the_others_load(
    acme: Customer, google: GoogleAds, tenants: Tenants
) -> None:
    closed = failure("authorizationError", "CUSTOMER_NOT_ENABLED", 403)
    google.faults.on("customers/5550001111", answer=lambda _: closed)
    both = [{"id": one, "credentials": "acme-google"} for one in (5550001111, 1234567890)]
    tenants(acme={"google_ads": both})
    summary = load()
    assert (summary.totals["new"], summary.skipped) == (6, False)
    assert "acme/5550001111 not loaded" in summary.warnings[0]


def test_a_manager_has_no_campaigns(acme: Customer) -> None:
    acme.manager = True
    with pytest.raises(SourceError, match="is a manager account"):
        load()


def test_tenants_are_isolated(acme: Customer, google: GoogleAds, tenants: Tenants) -> None:
    tenants(beta={"google_ads": [{"id": "2223334444", "credentials": "beta-google"}]})
    with pytest.raises(FFError, match=r"1 of 2 parts failed, the others are loaded.*beta/222"):
        load()
    assert len(stored()) == 6


@pytest.mark.parametrize("stage", ["describe", "rows"])
def test_another_customer_than_was_asked_is_refused(
    acme: Customer, google: GoogleAds, stage: str
) -> None:
    def foreign(body: list[Any]) -> list[Any]:
        for batch in body:
            for record in batch["results"]:
                for kind in ("customer", "campaign"):
                    if kind in record:
                        record[kind] |= {"resourceName": "customers/7770001111/campaigns/1"}
        return body

    google.faults.on("searchStream", skip=stage == "rows", change=foreign)
    with pytest.raises(AuthError, match="answered for customer 7770001111"):
        load()


def test_one_bad_row_is_set_aside_and_unknown_fields_pass(
    acme: Customer, google: GoogleAds
) -> None:
    for day in range(40):
        acme.deliver(DAY + timedelta(days=day % 3), 100 + day, 1_000_000)

    def spoil(body: list[Any]) -> list[Any]:
        body[0]["results"][0]["metrics"]["costMicros"] = "much"
        body[0]["results"][1]["metrics"]["newMetric"] = {"a": 1}
        body[0]["results"][2]["metrics"] = None
        return [*body, {"results": body[0]["results"][1:2]}]  # and one that comes twice

    google.faults.on("searchStream", skip=1, change=spoil)
    summary = load()
    assert summary.totals["new"] == 44
    assert "cost is much, not of type Decimal" in str(summary.parts[0].rejected_because)


def test_an_answer_of_another_shape_is_told(acme: Customer, google: GoogleAds) -> None:
    google.faults.on("searchStream", skip=1, change=lambda body: {"rows": body})
    with pytest.raises(SourceError, match="not a stream of batches"):
        load()


def test_a_column_that_went_refuses_the_load(acme: Customer, google: GoogleAds) -> None:
    load()
    before = stored()

    def without(body: list[Any]) -> list[Any]:
        for batch in body:
            for record in batch["results"]:
                record["campaign"].pop("id")
        return body

    google.faults.on("searchStream", skip=1, change=without)
    with pytest.raises(FFError, match=r"6 rows break the contract.*campaign_id"):
        load()
    assert stored() == before


def test_a_wrong_customer_id_names_file_and_field(acme: Customer, tenants: Tenants) -> None:
    tenants(acme={"google_ads": [{"id": "12-34", "credentials": "acme-google"}]})
    with pytest.raises(ConfigError, match=r"acme.yaml: google_ads.0.id: .*ten digits"):
        load()


def test_without_credentials_nothing_is_invented(
    acme: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for field in GoogleAdsCredentials.model_fields:
        monkeypatch.delenv(f"ACME_GOOGLE_{field.upper()}", raising=False)
    summary = load()
    assert summary.skipped
    assert "no credentials 'acme-google'" in summary.line()


def test_the_connection_is_tested_without_showing_a_secret(acme: Customer) -> None:
    credentials = resolve(GoogleAdsCredentials, "acme-google")
    assert credentials is not None
    assert connection_of(credentials)["account"] == "user of 1 customers (1234567890)"
    acme.refresh_token = "another"
    found = connection_of(credentials)
    assert (found["ok"], "refresh-of-acme" in str(found)) == (False, False)
