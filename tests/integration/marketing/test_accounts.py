"""What all account sources share: secrets stay, tenants are apart, no day is passed over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from starlette.responses import RedirectResponse

from ff_analytics.cli.main import main as ff
from ff_analytics.demo.providers.google_ads import Customer, GoogleAds
from ff_analytics.demo.providers.meta import AdAccount, Meta, error
from ff_analytics.demo.providers.shopify import Shopify
from ff_analytics.demo.providers.shopify_shop import FakeShop
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import AuthError, FFError, SourceError
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from ff_analytics.engine.lake import Provenance
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
DAY = date(2026, 3, 8)


@pytest.fixture
def account(meta: Meta, tenants: Tenants) -> AdAccount:
    """One tenant's account with a row on each of three days."""
    account = meta.add(AdAccount("1001", "token-of-acme"))
    for offset in range(3):
        account.deliver(DAY + timedelta(days=offset), 1, "1.20")
    tenants(acme={"meta_ads": [{"id": "1001", "credentials": "acme-meta"}]})
    return account


def load(since: date = DAY, until: date = DAY + timedelta(days=2)) -> IngestionSummary:
    return run_ingest("meta-ads", {"since": since, "until": until})


def asked(meta: Meta, until: date | None = None) -> str:
    """The days that the next run without a beginning asks for."""
    meta.faults.heal()
    run_ingest("meta-ads", {"until": until} if until else {})
    return str(meta.faults.asked("insights")[0].query["time_range"])


def test_a_redirect_does_not_get_the_token(acme: FakeShop, shopify: Shopify, meta: Meta) -> None:
    elsewhere = RedirectResponse(f"{meta.url}/me", 307)
    shopify.faults.on("graphql", answer=lambda _: elsewhere)
    with pytest.raises(SourceError, match=r"redirects to .*/me.*not followed"):
        run_ingest("shopify-products")
    assert meta.faults.journal == []


def test_a_token_that_the_provider_repeats_is_in_no_message(account: AdAccount, meta: Meta) -> None:
    said = "Malformed access token token-of-acme"
    meta.faults.on("insights", answer=lambda _: error(190, message=said))
    with pytest.raises(AuthError, match=r"Malformed access token \*\*\*") as refused:
        load()
    assert "token-of-acme" not in str(refused.value)


def test_a_refresh_token_that_is_repeated_is_in_no_message(
    google: GoogleAds, tenants: Tenants
) -> None:
    google.add(Customer("1234567890", "another"))
    tenants(acme={"google_ads": [{"id": "1234567890", "credentials": "acme-google"}]})
    said = {"error": "invalid_grant", "error_description": "refresh-of-acme has expired"}
    google.faults.status("/token", 400, said)
    with pytest.raises(AuthError, match=r"\*\*\* has expired"):
        run_ingest("google-ads")


@pytest.mark.parametrize(
    ("variable", "value"),
    [("BETA_META_BASE_URL", "http://example.org"), ("BETA_META_ACCESS_TOKEN", "wrong")],
)
def test_wrong_credentials_of_one_tenant_leave_the_others_loaded(
    account: AdAccount, tenants: Tenants, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    tenants(beta={"meta_ads": [{"id": "2002", "credentials": "beta-meta"}]})
    with pytest.raises(FFError, match=r"1 of 2 parts failed, the others are loaded.*beta/2002"):
        load()
    assert lake.read("SELECT count(*) FROM raw_meta_ads.insights").item() == 3


def test_a_number_that_is_none_stops_its_account_alone(
    account: AdAccount, meta: Meta, tenants: Tenants
) -> None:
    meta.job_states = [{"async_status": "Job Running", "async_percent_completion": "soon"}]
    tenants(beta={"meta_ads": [{"id": "2002", "credentials": "beta-meta"}]})
    with pytest.raises(FFError, match=r"2 of 2 parts failed.*unexpected structure"):
        load(since=DAY - timedelta(days=60))


def test_a_window_in_the_future_hides_no_day(account: AdAccount, meta: Meta) -> None:
    account.timezone = "UTC"
    today = datetime.now(UTC).date()
    load(since=today, until=today + timedelta(days=60))
    assert f'"since": "{today - timedelta(days=28)}"' in asked(meta)


def test_a_window_beyond_a_gap_does_not_close_it(account: AdAccount, meta: Meta) -> None:
    load()
    load(since=DAY + timedelta(days=30), until=DAY + timedelta(days=32))
    first = DAY + timedelta(days=2 - 28)
    assert f'"since": "{first}"' in asked(meta, until=DAY + timedelta(days=33))


def test_a_metric_that_no_record_has_any_more_is_no_zero(account: AdAccount, meta: Meta) -> None:
    def without(body: dict[str, Any]) -> dict[str, Any]:
        return {
            **body,
            "data": [{k: v for k, v in r.items() if k != "spend"} for r in body["data"]],
        }

    meta.faults.on("insights", change=without)
    with pytest.raises(SourceError, match="no record has spend"):
        load()
    meta.faults.on("insights", change=lambda body: without({**body, "data": body["data"][:1]}))
    account.deliver(DAY, 2, "3.00")
    meta.page_limit = 1
    assert load().totals["new"] == 4
    assert lake.read("SELECT min(spend)::DOUBLE FROM raw_meta_ads.insights").item() == 0


def age_the_contract() -> None:
    """The stored cursors are of a table that had fewer columns."""
    mark = '"contract": "'
    older = f"UPDATE ops.cursors SET cursor = replace(cursor, '{mark}', '{mark}older ')"
    who = Provenance(author="test", message="an older contract")
    lake.commit(who, lambda con: con.execute(older))


def test_days_of_an_older_contract_are_named_until_they_are_loaded_again(
    account: AdAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    load()
    age_the_contract()
    recent = date(2026, 6, 1)
    (warning,) = load(since=recent, until=recent).warnings
    command = "ff backfill meta-ads --tenant acme --dates 2026-03-08:2026-05-31 --apply"
    assert command in warning
    assert load(since=recent, until=recent).warnings == (warning,)
    assert ff(command.split()[1:]) == 0
    assert load(since=recent, until=recent).warnings == ()
