"""analytics/channel-performance from a provider's answers to the published page."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ff_analytics.demo import marketing as demo_marketing
from ff_analytics.demo.providers.google_ads import Customer, GoogleAds
from ff_analytics.demo.providers.klaviyo import Account, Klaviyo
from ff_analytics.demo.providers.meta import AdAccount, Meta
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import run_ingest
from ff_analytics.engine.lake import ops
from ff_analytics.engine.products.pipeline import run_product
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
FIRST = date(2026, 2, 1)


@pytest.fixture
def loaded(meta: Meta, tenants: Tenants) -> None:
    """Forty days of one advertisement, one of them far too dear."""
    account = meta.add(AdAccount("1001", "token-of-acme"))
    for offset in range(40):
        spend = "900.00" if offset == 35 else f"{100 + offset % 3}.00"
        account.deliver(FIRST + timedelta(days=offset), 1, spend)
    budget = {"meta-ads": "3000"}
    accounts = [{"id": "1001", "credentials": "acme-meta"}]
    tenants(acme={"meta_ads": accounts, "monthly_budget": budget})
    run_ingest("meta-ads", {"since": FIRST, "until": FIRST + timedelta(days=39)})


def test_a_run_leaves_file_mart_and_page(loaded: None, lake_settings: Settings) -> None:
    report = run_product("channel-performance", {})
    assert report.outcome == "completed", report.error
    published = pl.read_parquet(
        Path(lake_settings.analytics) / "channel_performance/latest.parquet"
    )
    mart = lake.read("SELECT * FROM analytics.mrt_channel_performance")
    assert published.height == mart.height == 80
    flagged = published.filter(pl.col("anomaly").is_not_null(), channel="meta-ads")
    assert flagged["date"].to_list() == [FIRST + timedelta(days=35)]
    page = Path(lake_settings.reports_dir / "channel-performance.html").read_text()
    assert "spend high" in page
    assert "acme" in page


def test_a_rerun_of_the_day_replaces_its_rows(loaded: None) -> None:
    run_product("channel-performance", {})
    run_product("channel-performance", {})
    # Another window is a scenario: its rows are in no mart.
    assert run_product("channel-performance", {"days": 30}).kind == "scenario"
    assert lake.read("SELECT count(*) FROM analytics.mrt_channel_performance").item() == 80


def test_a_run_of_one_tenant_leaves_the_others_alone(
    meta: Meta, tenants: Tenants, lake_settings: Settings
) -> None:
    for number, tenant in (("1001", "acme"), ("1002", "beta")):
        account = meta.add(AdAccount(number, f"token-of-{tenant}"))
        for offset in range(35):
            account.deliver(FIRST + timedelta(days=offset), 1, "100.00")
    ads = {
        t: [{"id": n, "credentials": f"{t}-meta"}] for n, t in (("1001", "acme"), ("1002", "beta"))
    }
    tenants(**{tenant: {"meta_ads": accounts} for tenant, accounts in ads.items()})
    run_ingest("meta-ads", {"since": FIRST, "until": FIRST + timedelta(days=34)})
    assert run_product("channel-performance", {}).outcome == "completed"
    count = "SELECT tenant, count(*) FROM analytics.mrt_channel_performance GROUP BY 1 ORDER BY 1"
    before = lake.read(count).rows()
    folder = Path(lake_settings.analytics) / "channel_performance"
    whole, other = (folder / "latest.parquet").read_bytes(), (folder / "beta/latest.parquet")
    kept = other.read_bytes()
    report = run_product("channel-performance", {"tenant": "acme"})
    assert report.outcome == "completed", report.error
    assert lake.read(count).rows() == before == [("acme", 70), ("beta", 70)]
    assert ((folder / "latest.parquet").read_bytes(), other.read_bytes()) == (whole, kept)
    assert "beta" not in (lake_settings.reports_dir / "channel-performance/acme.html").read_text()


def test_a_tenant_that_shrinks_is_published_only_when_confirmed(
    loaded: None, lake_settings: Settings
) -> None:
    assert run_product("channel-performance", {}).outcome == "completed"
    file = Path(lake_settings.analytics) / "channel_performance/latest.parquet"
    before = file.read_bytes()

    def work(con: duckdb.DuckDBPyConnection) -> None:
        con.execute("DELETE FROM raw_meta_ads.insights WHERE date < ?", [FIRST + timedelta(20)])
        ops.bump_version(con, "raw_meta_ads.insights")

    lake.commit(lake.Provenance(author="test", message="half the days are gone"), work)
    report = run_product("channel-performance", {"tenant": "acme"})
    assert report.error_kind == "shrunk-output"
    assert "channel-performance of acme shrinks from 80 to 40 rows (-50%)" in (report.error or "")
    assert "ff run channel-performance --tenant acme --accept-shrunk" in (report.error or "")
    assert file.read_bytes() == before
    assert lake.read("SELECT count(*) FROM analytics.mrt_channel_performance").item() == 80
    confirmed = run_product("channel-performance", {"accept_shrunk": True})
    assert confirmed.outcome == "completed", confirmed.error
    assert lake.read("SELECT count(*) FROM analytics.mrt_channel_performance").item() == 40


def test_an_account_that_has_gone_quiet_is_warned_of(loaded: None) -> None:
    history = (
        "INSERT INTO ops.ingest_runs BY NAME SELECT r.* REPLACE ("
        "r.finished_at + to_days(n) AS finished_at, if(n > 0, 0, 100) AS rows_new) "
        "FROM ops.ingest_runs r, (VALUES (-3), (-2), (-1), (1), (2)) t(n)"
    )
    who = lake.Provenance(author="test", message="five more days of loading")
    lake.commit(who, lambda con: con.execute(history))
    report = run_product("channel-performance", {})
    assert report.outcome == "completed", report.error
    (warning,) = [line for line in report.warnings if "new rows" in line]
    assert "acme/1001: no new row on 2 days of loading, usually 100 a day" in warning


def test_every_channel_that_a_tenant_has_counts_in_its_own_currency(
    google: GoogleAds, klaviyo: Klaviyo, tenants: Tenants, lake_settings: Settings
) -> None:
    customer = google.add(Customer("1234567890", "refresh-of-acme", currency="EUR"))
    account = klaviyo.add(Account("AcMe01", "key-of-acme"))
    for offset in range(3):
        customer.deliver(FIRST + timedelta(days=offset), 1, 2_500_000)
        account.send(f"01{offset}", f"{FIRST + timedelta(days=offset)}T15:00:00Z")
    ads = {"id": "1234567890", "credentials": "acme-google"}
    mail = {"id": "AcMe01", "credentials": "acme-klaviyo", "conversion_metric": "RESQ6t"}
    tenants(acme={"google_ads": [ads], "klaviyo": [mail]})
    for source in ("google-ads", "klaviyo-campaigns"):
        run_ingest(source, {"since": FIRST, "until": FIRST + timedelta(days=2)})
    report = run_product("channel-performance", {})
    assert report.outcome == "completed", report.error
    rows = lake.read(
        "SELECT channel, currency, sum(spend)::DOUBLE, sum(orders), sum(revenue)::DOUBLE "
        "FROM analytics.mrt_channel_performance WHERE channel <> 'total' GROUP BY ALL ORDER BY 1"
    ).rows()
    assert rows == [("google-ads", "EUR", 7.5, 4.5, 225.75), ("klaviyo", "USD", 0, 9, 449.91)]


def test_the_demo_shows_three_businesses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quick: None
) -> None:
    page = demo_marketing.run(tmp_path / "demo", days=35)
    told = capsys.readouterr().out
    assert all(name in told for name in ("northpeak", "velo-wunder", "teapot-lane"))
    assert all(name in page.read_text() for name in ("meta-ads", "google-ads", "klaviyo", "store"))
    assert page.read_text().count("; CAC ") == 3
