"""ingest/klaviyo-flows against a stand-in for Klaviyo over a socket."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ff_analytics.demo.providers.klaviyo import Account, Klaviyo, refused
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
SINCE, UNTIL = date(2026, 3, 1), date(2026, 3, 31)
REPORT = "flow-series-reports"


@pytest.fixture
def acme(klaviyo: Klaviyo, tenants: Tenants) -> Account:
    """One tenant with two flows, one of them archived; two channels and two days."""
    klaviyo.reports_a_minute = 99
    account = klaviyo.add(Account("AcMe01", "key-of-acme"))
    account.flow("F1", name="Welcome")
    account.flow("F2", archived=True)
    account.bring("F1", date(2026, 3, 8), opens=3, conversions=1, conversion_value=49.99)
    account.bring("F1", date(2026, 3, 8), "whatsapp", clicks=2)
    account.bring("F2", date(2026, 3, 9), opens=1)
    entry = {"id": "AcMe01", "credentials": "acme-klaviyo", "conversion_metric": "RESQ6t"}
    tenants(acme={"klaviyo": [entry]})
    return account


def load(since: date = SINCE, until: date = UNTIL) -> IngestionSummary:
    return run_ingest("klaviyo-flows", {"since": since, "until": until})


def days(columns: str) -> list[tuple[Any, ...]]:
    order = "ORDER BY flow_id, send_channel, date"
    return lake.read(f"SELECT {columns} FROM raw_klaviyo.flow_day {order}").rows()


def flows(columns: str) -> list[tuple[Any, ...]]:
    return lake.read(f"SELECT {columns} FROM raw_klaviyo.flows ORDER BY flow_id").rows()


def test_flows_and_their_days_are_loaded_with_every_channel(acme: Account) -> None:
    assert load().totals["new"] == 2 + 3
    assert flows("name, archived, status") == [
        ("Welcome", False, "live"),
        ("Flow F2", True, "live"),
    ]
    assert days("flow_id, send_channel, date, opens, conversion_value, currency") == [
        ("F1", "email", date(2026, 3, 8), 3, Decimal("49.99"), "USD"),
        ("F1", "whatsapp", date(2026, 3, 8), 0, Decimal(0), "USD"),
        ("F2", "email", date(2026, 3, 9), 1, Decimal(0), "USD"),
    ]
    assert load().totals["unchanged"] == 5


def test_a_long_window_takes_a_report_for_each_sixty_days(
    acme: Account, klaviyo: Klaviyo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ff_analytics.engine.http.api.RateLimiter.wait", lambda self: 0.0)
    acme.bring("F1", date(2026, 1, 2), opens=5)
    load(since=date(2026, 1, 1), until=date(2026, 4, 30))
    assert len(klaviyo.faults.asked(REPORT)) == 2
    assert len(days("date")) == 4


def test_a_restated_day_replaces_the_stored_one(acme: Account) -> None:
    for day in range(10, 16):
        acme.bring("F1", date(2026, 3, day), opens=9)
    load()
    message = acme.flow_days["F1", "F1-m", "email"]
    message[date(2026, 3, 8)] = {"opens": 4}
    del message[date(2026, 3, 10)]  # withdrawn, as a bot's opens are
    totals = load().totals
    assert (totals["updated"], totals["deleted"]) == (1, 1)
    assert days("date, opens")[0] == (date(2026, 3, 8), 4)


def test_a_deleted_flow_keeps_its_days(acme: Account) -> None:
    for number in range(3, 9):
        acme.flow(f"F{number}")
    load()
    del acme.flows["F1"]
    load()
    assert flows("_deleted_at IS NOT NULL")[0] == (True,)
    assert [flow for (flow,) in days("flow_id")] == ["F1", "F1", "F2"]


def test_a_series_of_another_length_is_refused(acme: Account, klaviyo: Klaviyo) -> None:
    def shorter(body: dict[str, Any]) -> dict[str, Any]:
        body["data"]["attributes"]["date_times"].pop()
        return body

    load()
    stored = days("*")
    klaviyo.faults.on(REPORT, change=shorter)
    with pytest.raises(SourceError, match="another length than its days"):
        load()
    assert days("*") == stored


def test_without_the_scope_only_flows_fail(acme: Account, klaviyo: Klaviyo) -> None:
    klaviyo.faults.on("api/flows", times=9, answer=lambda _: refused(403, "denied", "No scope."))
    with pytest.raises(SourceError, match=r"No scope.*may read accounts, campaigns, flows"):
        load()
    acme.send("01A", "2026-03-08T06:30:00+00:00")
    assert run_ingest("klaviyo-campaigns", {"since": SINCE, "until": UNTIL}).totals["new"] == 2


def test_a_first_load_is_one_report(acme: Account, klaviyo: Klaviyo) -> None:
    acme.bring("F1", UNTIL - timedelta(days=59), opens=5)
    acme.bring("F1", UNTIL - timedelta(days=60), opens=7)
    run_ingest("klaviyo-flows", {"until": UNTIL})
    assert len(klaviyo.faults.asked(REPORT)) == 1
    assert min(days("date")) == (UNTIL - timedelta(days=59),)


def test_the_window_reaches_thirty_days_back(acme: Account, klaviyo: Klaviyo) -> None:
    load()
    klaviyo.faults.heal()
    run_ingest("klaviyo-flows", {"until": UNTIL + timedelta(days=2)})
    (report,) = klaviyo.faults.asked(REPORT)
    assert report.json["data"]["attributes"]["timeframe"]["start"].startswith("2026-03-01")
    assert report.json["data"]["attributes"]["interval"] == "daily"
