"""ingest/meta-ads against a stand-in for Meta over a socket."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ff_analytics.demo.providers.meta import AdAccount, Meta, error, usage
from ff_analytics.domains.marketing.meta_ads.client import Insights, connect
from ff_analytics.domains.marketing.meta_ads.credentials import MetaAdsCredentials
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import (
    AuthError,
    ContractViolation,
    FFError,
    LakeMissing,
    RateLimited,
    SourceError,
    SourceUnavailable,
)
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.traffic import Traffic
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
DAY = date(2026, 3, 8)  # the day New York sets its clocks forward


@pytest.fixture
def acme(meta: Meta, tenants: Tenants) -> AdAccount:
    """One tenant whose account delivered two campaigns on each of three days."""
    account = meta.add(AdAccount("1001", "token-of-acme"))
    for offset in range(3):
        for campaign in (1, 2):
            account.deliver(DAY + timedelta(days=offset), campaign, f"{campaign}.2{offset}")
    tenants(acme={"meta_ads": [{"id": "1001", "credentials": "acme-meta"}]})
    return account


def load(**options: Any) -> IngestionSummary:
    return run_ingest("meta-ads", {"since": DAY, "until": DAY + timedelta(days=2), **options})


def stored() -> list[tuple[Any, ...]]:
    return lake.read(
        "SELECT date, campaign_id, spend, purchases FROM raw_meta_ads.insights ORDER BY ALL"
    ).rows()


def test_rows_are_typed_exact_and_keyed(acme: AdAccount, meta: Meta) -> None:
    meta.page_limit = 2
    assert load().totals["new"] == 6
    assert stored()[0] == (DAY, "1", Decimal("1.200000"), Decimal(1))
    assert load().totals | {"fetched": 0} == {
        "fetched": 0, "new": 0, "updated": 0, "unchanged": 6, "rejected": 0, "deleted": 0,
    }  # fmt: skip


def test_purchases_are_stored_by_attribution_window(acme: AdAccount) -> None:
    acme.deliver(DAY + timedelta(days=1), 3, "1.00", purchases="5", viewed="2")
    acme.deliver(DAY + timedelta(days=1), 4, "1.00", purchases="0")
    load()
    rows = lake.read(
        "SELECT purchases, purchases_7d_click, purchases_1d_view, purchase_value, "
        "purchase_value_7d_click, purchase_value_1d_view FROM raw_meta_ads.insights "
        "WHERE campaign_id IN ('3', '4') ORDER BY campaign_id"
    ).rows()
    assert rows == [tuple(map(Decimal, counts)) for counts in ((5, 3, 2, 250, 150, 100), (0,) * 6)]


def test_purchases_that_meta_does_not_add_up_are_not_zero(acme: AdAccount) -> None:
    acme.mixed_settings = True
    with pytest.raises(FFError, match="Load the level adset or ad"):
        load(level="campaign")
    assert load().totals["new"] == 6


def test_restated_and_withdrawn_days_follow_the_provider(acme: AdAccount) -> None:
    load()
    acme.rows[0]["spend"] = "9.99"
    del acme.rows[5]
    totals = load().totals
    assert (totals["updated"], totals["deleted"]) == (1, 1)
    assert stored()[0][2] == Decimal("9.99")


@pytest.mark.parametrize("status", ["DELETED", "ARCHIVED"])
def test_spend_of_a_deleted_ad_set_is_still_loaded(acme: AdAccount, status: str) -> None:
    acme.statuses["11"] = status
    assert load().totals["new"] == 6
    acme.rows[0]["spend"] = "9.99"
    assert load().totals["updated"] == 1


@pytest.mark.parametrize("share", ["some", "all"])
def test_an_ad_set_that_vanished_keeps_its_past(acme: AdAccount, share: str) -> None:
    for campaign in range(3, 11):
        acme.deliver(DAY, campaign, "100.00")
    load()
    before = stored()
    acme.erased |= {"31"} if share == "some" else {row["adset_id"] for row in acme.rows}
    summary = load()
    assert stored() == before
    assert summary.totals["deleted"] == 0
    assert "no longer mentions" in " ".join(summary.notes)


def test_the_next_run_reads_the_restatement_window_again(acme: AdAccount, meta: Meta) -> None:
    load()
    meta.faults.heal()
    run_ingest("meta-ads", {"until": DAY + timedelta(days=3)})
    (asked,) = meta.faults.asked("insights")
    assert asked.query["time_range"] == (
        f'{{"since": "{DAY + timedelta(days=2 - 28)}", "until": "{DAY + timedelta(days=3)}"}}'
    )


def test_today_is_a_day_of_the_account(acme: AdAccount, meta: Meta) -> None:
    acme.timezone = "Pacific/Kiritimati"  # 14 hours ahead of UTC
    run_ingest("meta-ads")
    (asked,) = meta.faults.asked("insights")
    until = (datetime.now(UTC) + timedelta(hours=14)).date()
    assert f'"until": "{until}"' in asked.query["time_range"]


def test_a_long_range_goes_through_a_report_job(acme: AdAccount, meta: Meta) -> None:
    meta.most_days = 50
    summary = load(since=DAY - timedelta(days=60))
    assert summary.totals["new"] == 6
    assert any(seen.method == "POST" for seen in meta.faults.journal)


def test_a_report_that_fails_is_started_again(acme: AdAccount, meta: Meta) -> None:
    meta.job_states = [{"async_status": "Job Failed", "async_percent_completion": 5}]
    with pytest.raises(FFError, match="failed or stalled three times"):
        load(since=DAY - timedelta(days=60))
    assert len([seen for seen in meta.faults.journal if seen.method == "POST"]) == 3


def test_a_report_that_stands_still_is_started_again(
    acme: AdAccount, meta: Meta, lake_settings: Settings
) -> None:
    meta.job_states = [{"async_status": "Job Running", "async_percent_completion": 40}]
    token = MetaAdsCredentials(access_token="token-of-acme", base_url=meta.url)
    api = connect(token, lake_settings, Traffic(), "Meta Ads acme")
    insights = Insights(api, acme.id, "ad", poll=(0.01, 0.01), patience=0.02)
    with pytest.raises(SourceUnavailable, match="stalled three times"):
        list(insights.pages(DAY - timedelta(days=60), DAY, len))
    assert len([seen for seen in meta.faults.journal if seen.method == "POST"]) == 3


def test_a_very_long_range_is_loaded_in_steps(acme: AdAccount, meta: Meta) -> None:
    acme.deliver(DAY - timedelta(days=190), 1, "5.00")
    summary = load(since=DAY - timedelta(days=200))
    assert [part.rows_new for part in summary.parts] == [1, 0, 6]
    (cursor,) = lake.read("SELECT cursor FROM ops.cursors").to_series()
    assert f'"loaded_until": "{DAY + timedelta(days=2)}"' in cursor


def test_a_step_that_fails_is_not_hidden_by_later_ones(acme: AdAccount, meta: Meta) -> None:
    acme.deliver(DAY - timedelta(days=190), 1, "5.00", clicks="7")

    def broken(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "data": [{**row, "clicks": "n/a"} for row in body["data"]]}

    meta.faults.on("7770/insights", change=broken)
    with pytest.raises(ContractViolation, match="1 of 1 rows"):
        load(since=DAY - timedelta(days=200))
    # The second report was asked for while the first was judged, and is thrown away.
    assert len([seen for seen in meta.faults.journal if seen.method == "POST"]) <= 2
    with pytest.raises(LakeMissing):
        stored()
    meta.faults.heal()
    assert [part.rows_new for part in load(since=DAY - timedelta(days=200)).parts] == [1, 0, 6]


@pytest.mark.parametrize("code", [4, 17, 613, 80004])
def test_a_throttle_in_the_body_is_waited_for(acme: AdAccount, meta: Meta, code: int) -> None:
    meta.faults.on("insights", times=2, answer=lambda _: error(code))
    summary = load()
    assert (summary.totals["new"], summary.retries) == (6, 2)


def test_a_long_throttle_ends_the_run_and_says_until_when(acme: AdAccount, meta: Meta) -> None:
    meta.faults.on("insights", times=9, answer=lambda _: error(80000, headers=usage(30)))
    with pytest.raises(RateLimited, match="requires a wait of 1800 s"):
        load()
    assert len(meta.faults.asked("insights")) == 1


def test_a_refused_token_is_never_tried_again(acme: AdAccount, meta: Meta) -> None:
    acme.token = "another"
    with pytest.raises(AuthError, match="new token"):
        load()
    assert len(meta.faults.journal) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda meta: meta.faults.status("insights", 502, "<html>Bad Gateway</html>"),
        lambda meta: meta.faults.status("insights", 200, "Service Unavailable"),
        lambda meta: meta.faults.on("insights", cut_at=40),
        lambda meta: meta.faults.on("insights", answer=lambda _: error(2, status=500)),
        lambda meta: meta.faults.on("insights", skip=1, cut_at=40),
    ],
    ids=["gateway page", "text under 200", "cut off", "transient code", "cut off on page 2"],
)
def test_what_passes_by_itself_is_tried_again(acme: AdAccount, meta: Meta, spoil: Any) -> None:
    meta.page_limit = 2
    spoil(meta)
    summary = load()
    assert (summary.totals["new"], summary.retries) == (6, 1)


def test_a_page_that_comes_twice_counts_once(acme: AdAccount, meta: Meta) -> None:
    meta.page_limit = 4
    twice = {"data": lambda body: {**body, "data": body["data"] * 2}}
    meta.faults.on("insights", change=twice["data"])
    assert load().totals["new"] == 6


def test_paging_in_a_circle_ends(acme: AdAccount, meta: Meta) -> None:
    meta.page_limit = 2

    def circle(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "paging": {"cursors": {"after": "2"}, "next": "again"}}

    meta.faults.on("insights", times=99, change=circle)
    with pytest.raises(SourceError, match="paging loops"):
        load()


def test_one_bad_row_is_set_aside_with_its_reason(acme: AdAccount, meta: Meta) -> None:
    for day in range(40):
        acme.deliver(DAY + timedelta(days=day % 3), 100 + day, "1.00")

    def spoil(body: dict[str, Any]) -> dict[str, Any]:
        body["data"][0]["spend"] = "a lot"
        return {**body, "unknown": {"new": 1}}

    meta.faults.on("insights", change=spoil)
    summary = load()
    assert (summary.totals["new"], summary.totals["rejected"]) == (45, 1)
    assert "spend is a lot, not of type Decimal" in str(summary.parts[0].rejected_because)


def test_many_bad_rows_refuse_the_load(acme: AdAccount, meta: Meta) -> None:
    load()
    before = stored()

    def renamed(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "data": [{**row, "clicks": "n/a"} for row in body["data"]]}

    meta.faults.on("insights", change=renamed)
    with pytest.raises(ContractViolation, match="6 of 6 rows"):
        load()
    assert stored() == before


def test_an_empty_window_is_no_failure(acme: AdAccount) -> None:
    empty = DAY - timedelta(days=9)
    assert load(since=empty, until=empty).totals["fetched"] == 0


def test_tenants_are_isolated(acme: AdAccount, meta: Meta, tenants: Tenants) -> None:
    tenants(beta={"meta_ads": [{"id": "2002", "credentials": "beta-meta"}]})
    with pytest.raises(FFError, match=r"1 of 2 parts failed, the others are loaded.*beta/2002"):
        load()
    assert len(stored()) == 6


def test_another_tenants_account_is_refused(acme: AdAccount, meta: Meta, tenants: Tenants) -> None:
    tenants(acme={"meta_ads": [{"id": "1001", "credentials": "beta-meta"}]})
    beta = meta.add(AdAccount("2002", "token-of-beta"))
    meta.accounts["1001"] = beta
    with pytest.raises(AuthError, match="answered for account 2002"):
        load()


def test_without_credentials_nothing_is_invented(
    acme: AdAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACME_META_ACCESS_TOKEN")
    monkeypatch.delenv("ACME_META_BASE_URL")
    summary = load()
    assert summary.skipped
    assert "no credentials 'acme-meta'" in summary.line()
