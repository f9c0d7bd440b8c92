"""`ff backfill` of a source whose window is days: a month at a time."""

from datetime import date

import pytest

from ff_analytics.cli.main import main as ff
from ff_analytics.demo.providers.meta import AdAccount, Meta
from ff_analytics.engine import lake
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
SPAN = ["meta-ads", "--dates", "2026-01-20:2026-03-05"]


@pytest.fixture
def account(meta: Meta, tenants: Tenants) -> AdAccount:
    """One tenant's account with a day in each of two months."""
    account = meta.add(AdAccount("1001", "token-of-acme"))
    for day in (date(2026, 1, 25), date(2026, 3, 1)):
        account.deliver(day, 1, "1.20")
    tenants(acme={"meta_ads": [{"id": "1001", "credentials": "acme-meta"}]})
    return account


def test_days_are_asked_for_a_month_at_a_time(
    account: AdAccount, meta: Meta, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["backfill", *SPAN]) == 0
    assert "2 of 2 done" in capsys.readouterr().out
    assert ff(["backfill", *SPAN, "--apply"]) == 0
    assert "[2/2] 2026-02-20 to 2026-03-05" in capsys.readouterr().out
    days = lake.read("SELECT date FROM raw_meta_ads.insights ORDER BY 1").to_series()
    assert days.to_list() == [date(2026, 1, 25), date(2026, 3, 1)]


def test_without_credentials_it_is_not_called_done(
    account: AdAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ACCESS_TOKEN", "BASE_URL"):
        monkeypatch.delenv(f"ACME_META_{name}")
    assert ff(["backfill", *SPAN, "--apply"]) == 1
    said = capsys.readouterr().out
    assert "had nothing to ask" in said
    assert "not done" in said
