"""Several tenants of one source at a time: the same rows, isolated, also when killed."""

import os
from datetime import date, timedelta
from typing import Any

import pytest

from ff_analytics.demo.providers.meta import AdAccount, Meta
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.integration.marketing.conftest import Tenants
from tests.integration.marketing.test_interrupted import start

pytestmark = pytest.mark.usefixtures("quick")
DAY = date(2026, 3, 1)
OPTIONS = {"since": DAY, "until": DAY + timedelta(days=2)}
NAMES = ("acme", "beta", "coda", "delta", "echo")


@pytest.fixture
def five(meta: Meta, tenants: Tenants, monkeypatch: pytest.MonkeyPatch) -> Meta:
    """Five tenants with an account each, three of them at a time."""
    monkeypatch.setenv("FF_TENANTS_AT_ONCE", "3")
    get_settings.cache_clear()
    for number, name in enumerate(NAMES, 1001):
        account = meta.add(AdAccount(f"{number}", f"token-of-{name}"))
        for offset in range(3):
            account.deliver(DAY + timedelta(days=offset), 1, f"{number}.00")
        monkeypatch.setenv(f"{name.upper()}_META_ACCESS_TOKEN", account.token)
        monkeypatch.setenv(f"{name.upper()}_META_BASE_URL", meta.url)
        tenants(**{name: {"meta_ads": [{"id": f"{number}", "credentials": f"{name}-meta"}]}})
    return meta


def load() -> IngestionSummary:
    return run_ingest("meta-ads", OPTIONS)


def spend() -> list[tuple[Any, ...]]:
    question = "SELECT tenant, count(*), sum(spend)::int FROM raw_meta_ads.insights GROUP BY 1"
    return lake.read(f"{question} ORDER BY 1").rows()


ALL = [(name, 3, 3 * number) for number, name in enumerate(NAMES, 1001)]


def test_all_tenants_are_loaded_with_the_calls_of_all(five: Meta) -> None:
    summary = load()
    assert spend() == ALL
    assert summary.totals["new"] == 15
    assert summary.api_calls == len(five.faults.journal)
    assert load().totals["unchanged"] == 15


def test_a_tenant_that_fails_does_not_stop_the_others(
    five: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODA_META_ACCESS_TOKEN", "revoked-token")
    with pytest.raises(FFError, match=r"1 of 5 parts failed, the others are loaded.*coda/1003"):
        load()
    assert spend() == [row for row in ALL if row[0] != "coda"]


def test_a_kill_converges(five: Meta) -> None:
    for point in ("ingest.after-fetch", "ingest.after-upsert"):
        killed = start("meta-ads", f"{point}=kill")
        killed.communicate()
        assert killed.returncode == -9
    assert os.environ["FF_TENANTS_AT_ONCE"] == "3"
    load()
    assert spend() == ALL
