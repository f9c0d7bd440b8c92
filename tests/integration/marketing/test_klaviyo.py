"""ingest/klaviyo-campaigns against a stand-in for Klaviyo over a socket."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ff_analytics.demo.providers.klaviyo import Account, Klaviyo, refused
from ff_analytics.domains.marketing.klaviyo.client import connect
from ff_analytics.domains.marketing.klaviyo.credentials import KlaviyoCredentials
from ff_analytics.engine import lake
from ff_analytics.engine.accounts.connection import test_connection as connection_of
from ff_analytics.engine.base.errors import AuthError, FFError, RateLimited, SourceError
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.http.credentials import resolve
from ff_analytics.engine.http.traffic import Traffic
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
SINCE, UNTIL = date(2026, 3, 1), date(2026, 3, 31)
MESSAGES = "api/campaigns"
REPORT = "campaign-values-reports"


@pytest.fixture
def acme(klaviyo: Klaviyo, tenants: Tenants) -> Account:
    """One tenant with three sent campaigns, one of them archived, and a draft."""
    account = klaviyo.add(Account("AcMe01", "key-of-acme"))
    account.send("01A", "2026-03-08T06:30:00+00:00")  # 01:30 in New York, before clocks change
    account.send("01B", "2026-03-09T03:30:00+00:00", archived=True)  # 23:30 on the 8th
    account.send("01C", "2026-03-20T15:00:00.250000+00:00", name="Früh 🌷", channel="sms")
    account.send("01D", "")
    entry = {"id": "AcMe01", "credentials": "acme-klaviyo", "conversion_metric": "RESQ6t"}
    tenants(acme={"klaviyo": [entry]})
    return account


def load(**options: Any) -> IngestionSummary:
    return run_ingest("klaviyo-campaigns", {"since": SINCE, "until": UNTIL, **options})


def campaigns(columns: str) -> list[tuple[Any, ...]]:
    return lake.read(f"SELECT {columns} FROM raw_klaviyo.campaigns ORDER BY campaign_id").rows()


def values(columns: str) -> list[tuple[Any, ...]]:
    table = "raw_klaviyo.campaign_values"
    return lake.read(f"SELECT {columns} FROM {table} ORDER BY campaign_id").rows()


def test_campaigns_are_typed_and_dated_in_the_accounts_timezone(acme: Account) -> None:
    assert load().totals["new"] == 4 + 3
    assert campaigns("campaign_id, name, archived, send_date, status") == [
        ("01A", "Campaign 01A", False, date(2026, 3, 8), "Sent"),
        ("01B", "Campaign 01B", True, date(2026, 3, 8), "Sent"),
        ("01C", "Früh 🌷", False, date(2026, 3, 20), "Sent"),
        ("01D", "Campaign 01D", False, None, "Draft"),
    ]
    assert [channel for (channel,) in values("send_channel")] == ["email", "email", "sms"]
    assert values("clicks, conversion_value, currency")[0] == (40, Decimal("149.97"), "USD")
    assert load().totals["unchanged"] == 7


def test_one_report_holds_all_campaigns(acme: Account, klaviyo: Klaviyo) -> None:
    for number in range(250):
        acme.send(f"02{number:03}", "2026-03-12T12:00:00Z")
    assert load().totals["new"] == 2 * 253 + 1
    (report,) = klaviyo.faults.asked(REPORT)
    assert report.json["data"]["attributes"]["conversion_metric_id"] == "RESQ6t"
    assert len(klaviyo.faults.asked("api/campaigns")) == 3 + 1


def test_every_request_names_the_revision(acme: Account, klaviyo: Klaviyo) -> None:
    load()
    assert {seen.headers["revision"] for seen in klaviyo.faults.journal} == {"2026-10-15"}


def test_a_state_that_klaviyo_adds_later_is_taken(acme: Account) -> None:
    acme.campaigns["01D"]["status"] = "Waiting"
    load()
    assert campaigns("status")[3] == ("Waiting",)


def test_a_campaign_that_is_gone_is_marked_and_may_come_back(
    acme: Account, klaviyo: Klaviyo
) -> None:
    klaviyo.reports_a_minute = 9
    for number in range(4):
        acme.send(f"03{number}", "")
    load()
    gone = acme.campaigns.pop("01D")
    assert load().totals["deleted"] == 1
    assert campaigns("_deleted_at IS NOT NULL")[3] == (True,)
    assert load().totals["deleted"] == 0
    acme.campaigns["01D"] = gone
    load()
    assert campaigns("_deleted_at")[3] == (None,)


def test_a_list_that_lost_most_campaigns_marks_none(acme: Account) -> None:
    load()
    kept = acme.campaigns.pop("01A")
    acme.campaigns = {"01A": kept}
    (warning,) = load().warnings
    assert "3 of 4 stored rows" in warning
    assert not any(deleted for (deleted,) in campaigns("_deleted_at"))


def test_an_older_answer_does_not_overwrite_a_newer_one(acme: Account) -> None:
    acme.campaigns["01A"] |= {"name": "newer", "updated_at": "2026-04-02T00:00:00+00:00"}
    load()
    acme.campaigns["01A"] |= {"name": "older", "updated_at": "2026-04-01T00:00:00+00:00"}
    load()
    assert campaigns("name")[0] == ("newer",)


def test_results_outside_the_window_stay_as_they_were(acme: Account, klaviyo: Klaviyo) -> None:
    load()
    klaviyo.faults.heal()
    acme.statistics["01C"]["clicks"] = 55.0
    # 01B went out on the evening of the 8th, of which this report holds the hours past midnight.
    acme.statistics["01B"]["clicks"] = 2.0
    load(since=date(2026, 3, 9))
    assert values("clicks") == [(40,), (40,), (55,)]


def test_results_are_read_again_for_thirty_days(acme: Account, klaviyo: Klaviyo) -> None:
    load()
    klaviyo.faults.heal()
    run_ingest("klaviyo-campaigns", {"until": date(2026, 4, 2)})
    (report,) = klaviyo.faults.asked(REPORT)
    assert report.json["data"]["attributes"]["timeframe"] == {
        "start": "2026-03-01T00:00:00+00:00",
        "end": "2026-04-02T23:59:59+00:00",
    }


def test_a_change_of_currency_is_said(acme: Account) -> None:
    load()
    acme.currency = "EUR"
    (warning,) = load().warnings
    assert "currency was USD and is EUR" in warning


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(klaviyo: Klaviyo) -> Clock:
    clock = klaviyo.clock = Clock()
    return clock


def reported(clock: Clock, since: date = SINCE) -> tuple[list[dict[str, Any]], Traffic]:
    """All results of the values report, read on that clock."""
    credentials, traffic = resolve(KlaviyoCredentials, "acme-klaviyo"), Traffic()
    assert credentials is not None
    api = connect(credentials, get_settings(), traffic, "acme", sleep=clock.sleep, clock=clock)
    pages = api.values(since, UNTIL, "RESQ6t")
    return [result for page in pages for result in page], traffic


def test_reports_keep_to_two_a_minute(acme: Account, klaviyo: Klaviyo, clock: Clock) -> None:
    klaviyo.report_page = 1
    results, traffic = reported(clock)
    assert len(results) == 3
    assert traffic.retries == 0
    assert clock.slept == pytest.approx([30, 30])


def test_more_than_a_year_takes_a_report_for_each(
    acme: Account, klaviyo: Klaviyo, clock: Clock
) -> None:
    acme.send("000", "2024-12-24T12:00:00Z")
    results, _ = reported(clock, date(2024, 6, 1))
    assert len(results) == 4
    assert len(klaviyo.faults.asked(REPORT)) == 2


@pytest.mark.parametrize("cut", [0, 80], ids=["gateway", "cut off"])
def test_a_report_that_breaks_comes_again(
    acme: Account, klaviyo: Klaviyo, clock: Clock, cut: int
) -> None:
    if cut:
        klaviyo.faults.on(REPORT, cut_at=cut)
    else:
        klaviyo.faults.status(REPORT, 502, "<html>Bad Gateway</html>")
    results, traffic = reported(clock)
    assert (len(results), traffic.retries) == (3, 1)


def test_a_throttle_is_waited_for_as_long_as_it_says(acme: Account, klaviyo: Klaviyo) -> None:
    full = refused(429, "throttled", "Request was throttled.", wait=1)
    klaviyo.faults.on(MESSAGES, answer=lambda _: full)
    summary = load()
    assert (summary.totals["new"], summary.retries) == (7, 1)
    assert summary.throttled_seconds >= 1


def test_a_long_throttle_ends_the_run(acme: Account, klaviyo: Klaviyo) -> None:
    daily = refused(429, "throttled", "Daily limit.", wait=40_000)
    klaviyo.faults.on(REPORT, times=9, answer=lambda _: daily)
    with pytest.raises(RateLimited, match=r"Daily limit.*requires a wait of 40000 s"):
        load()
    assert len(klaviyo.faults.asked(REPORT)) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda faults: faults.status(MESSAGES, 503, "<html>busy</html>"),
        lambda faults: faults.status(MESSAGES, 200, "<html>Sign in</html>"),
        lambda faults: faults.on(MESSAGES, skip=1, cut_at=30),
    ],
    ids=["gateway", "page under 200", "cut off on page 2"],
)
def test_what_passes_by_itself_is_tried_again(acme: Account, klaviyo: Klaviyo, spoil: Any) -> None:
    klaviyo.page_limit = 1
    spoil(klaviyo.faults)
    summary = load()
    assert (summary.totals["new"], summary.retries) == (7, 1)


def test_a_page_that_comes_twice_counts_once(acme: Account, klaviyo: Klaviyo) -> None:
    klaviyo.faults.on(MESSAGES, change=lambda body: {**body, "data": body["data"] * 2})
    assert load().totals["new"] == 7


def test_paging_in_a_circle_ends(acme: Account, klaviyo: Klaviyo) -> None:
    here = f"{klaviyo.url}/api/campaigns?filter=equals(archived,false)"

    def circle(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "links": {**body["links"], "next": here}}

    klaviyo.faults.on(MESSAGES, times=99, change=circle)
    with pytest.raises(SourceError, match="paging loops"):
        load()


def test_a_next_page_on_another_host_never_gets_the_key(acme: Account, klaviyo: Klaviyo) -> None:
    links = {"self": klaviyo.url, "next": "https://elsewhere.example/api/campaigns?page=2"}
    klaviyo.faults.on(MESSAGES, change=lambda body: {**body, "links": links})
    with pytest.raises(SourceError, match=r"elsewhere.example.*not followed"):
        load()


def test_one_bad_row_is_set_aside_and_unknown_fields_pass(acme: Account, klaviyo: Klaviyo) -> None:
    for number in range(40):
        acme.send(f"03{number:02}", "")

    def spoil(body: dict[str, Any]) -> dict[str, Any]:
        body["included"][1]["attributes"]["definition"]["send_options"]["send_time"] = "soon"
        body["data"][1]["attributes"]["mood"] = {"new": True}
        return body

    klaviyo.faults.on(MESSAGES, change=spoil)
    summary = load()
    assert summary.totals["rejected"] == 1
    assert "send_time is soon, not of type Datetime" in str(summary.parts[0].rejected_because)


@pytest.mark.parametrize(
    ("path", "missing"), [("api/accounts", "data.0"), (REPORT, "data.attributes.results")]
)
def test_an_answer_of_another_shape_is_told(
    acme: Account, klaviyo: Klaviyo, path: str, missing: str
) -> None:
    klaviyo.faults.on(path, change=lambda body: {"data": {}, "links": {}})
    with pytest.raises(SourceError, match=f"has no {missing}.*changed its layout"):
        load()


def test_a_field_that_went_refuses_the_load(acme: Account, klaviyo: Klaviyo) -> None:
    load()
    before = campaigns("*")

    def without(body: dict[str, Any]) -> dict[str, Any]:
        for campaign in body["data"]:
            campaign["attributes"].pop("updated_at")
        return body

    klaviyo.faults.on(MESSAGES, times=99, change=without)
    with pytest.raises(FFError, match=r"rows break the contract.*updated_at"):
        load()
    assert campaigns("*") == before


def test_a_key_that_is_refused_is_never_tried_again(acme: Account, klaviyo: Klaviyo) -> None:
    klaviyo.accounts.clear()
    with pytest.raises(AuthError, match="Incorrect authentication"):
        load()
    assert len(klaviyo.faults.journal) == 1


def test_a_metric_of_another_account_is_told_as_klaviyo_says(acme: Account) -> None:
    acme.metric = "Other1"
    with pytest.raises(SourceError, match=r"conversion metric does not exist"):
        load()


def test_another_tenants_account_is_refused(
    acme: Account, klaviyo: Klaviyo, tenants: Tenants
) -> None:
    klaviyo.add(Account("BeTa02", "key-of-beta"))
    entry = {"id": "AcMe01", "credentials": "beta-klaviyo", "conversion_metric": "RESQ6t"}
    tenants(acme={"klaviyo": [entry]})
    with pytest.raises(AuthError, match="answered for account BeTa02"):
        load()
    assert len(klaviyo.faults.journal) == 1


def test_tenants_are_isolated(acme: Account, tenants: Tenants) -> None:
    entry = {"id": "BeTa02", "credentials": "beta-klaviyo", "conversion_metric": "RESQ6t"}
    tenants(beta={"klaviyo": [entry]})
    with pytest.raises(FFError, match=r"1 of 3 parts failed, the others are loaded.*beta/BeTa02"):
        load()
    assert len(campaigns("name")) == 4


def test_without_credentials_nothing_is_invented(
    acme: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACME_KLAVIYO_API_KEY")
    monkeypatch.delenv("ACME_KLAVIYO_BASE_URL")
    assert "no credentials 'acme-klaviyo'" in load().line()


def test_the_connection_is_tested(acme: Account, klaviyo: Klaviyo) -> None:
    credentials = resolve(KlaviyoCredentials, "acme-klaviyo")
    assert credentials is not None
    assert connection_of(credentials)["account"] == "Shop of the example (AcMe01)"
    klaviyo.accounts.clear()
    found = connection_of(credentials)
    assert (found["ok"], "key-of-acme" in str(found)) == (False, False)


def test_today_is_a_day_of_the_account(acme: Account, klaviyo: Klaviyo) -> None:
    acme.timezone = "Pacific/Kiritimati"  # 14 hours ahead of UTC
    run_ingest("klaviyo-campaigns")
    (report,) = klaviyo.faults.asked(REPORT)
    here = (datetime.now(UTC) + timedelta(hours=14)).date()
    assert report.json["data"]["attributes"]["timeframe"]["end"].startswith(str(here))
