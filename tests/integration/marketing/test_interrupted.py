"""Killed anywhere, or run twice at once: the next run ends with the lake of a quiet one."""

import os
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest

from ff_analytics.demo.providers.google_ads import Customer, GoogleAds
from ff_analytics.demo.providers.klaviyo import Account, Klaviyo
from ff_analytics.demo.providers.meta import AdAccount, Meta
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.ingest import run_ingest
from tests.integration.marketing.conftest import Tenants

pytestmark = pytest.mark.usefixtures("quick")
DAY = date(2026, 3, 8)
OPTIONS = {"since": str(DAY), "until": str(DAY + timedelta(days=9))}


def start(source: str, fault: str = "", **more: str) -> subprocess.Popen[str]:
    """The ingest in a process of its own, which may kill itself."""
    options = {**OPTIONS, **more}
    code = f"from ff_analytics.engine.ingest import run_ingest; run_ingest({source!r}, {options!r})"
    env = {**os.environ, "FF_FAULT": fault}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=env, cwd=PROJECT_ROOT, stderr=subprocess.PIPE, text=True
    )


def rows(table: str, columns: str) -> list[tuple[Any, ...]]:
    return lake.read(f"SELECT {columns} FROM {table} ORDER BY ALL").rows()


@pytest.fixture
def ads(google: GoogleAds, tenants: Tenants) -> Customer:
    customer = google.add(Customer("1234567890", "refresh-of-acme"))
    for offset in range(10):
        customer.deliver(DAY + timedelta(days=offset), 1, 1_000_000)
    tenants(acme={"google_ads": [{"id": customer.id, "credentials": "acme-google"}]})
    return customer


@pytest.mark.parametrize(
    ("point", "committed"),
    [
        ("ingest.after-fetch", False),
        ("ingest.before-upsert", False),
        ("lake.before-commit", False),
        ("lake.after-commit", True),
        ("ingest.after-upsert", True),
    ],
)
def test_a_run_killed_twice_at_a_stage_converges(
    ads: Customer, point: str, committed: bool
) -> None:
    run_ingest("google-ads", OPTIONS)
    before, after = [1.0] * 10, [1.0] * 8 + [9.0]
    ads.rows[3]["costMicros"] = 9_000_000
    del ads.rows[9]
    for _ in range(2):
        killed = start("google-ads", f"{point}=kill")
        killed.communicate()
        assert killed.returncode == -9
        assert costs() == (after if committed else before)
    run_ingest("google-ads", OPTIONS)
    assert costs() == after


def costs() -> list[float]:
    return [float(cost) for (cost,) in rows("raw_google_ads.campaign_day", "cost")]


def test_a_kill_between_two_datasets_loses_neither(klaviyo: Klaviyo, tenants: Tenants) -> None:
    account = klaviyo.add(Account("AcMe01", "key-of-acme"))
    account.send("01A", f"{DAY}T15:00:00Z")
    entry = {"id": account.id, "credentials": "acme-klaviyo", "conversion_metric": account.metric}
    tenants(acme={"klaviyo": [entry]})
    killed = start("klaviyo-campaigns", "ingest.after-upsert=kill")
    killed.communicate()
    assert killed.returncode == -9
    assert rows("raw_klaviyo.campaigns", "campaign_id") == [("01A",)]
    totals = run_ingest("klaviyo-campaigns", OPTIONS).totals
    assert (totals["new"], totals["unchanged"]) == (1, 1)
    assert rows("raw_klaviyo.campaign_values", "clicks") == [(40,)]


def test_two_at_once_load_every_row_once(ads: Customer) -> None:
    both = [start("google-ads") for _ in range(2)]
    errors = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    assert rows("raw_google_ads.campaign_day", "date") == [
        (DAY + timedelta(days=offset),) for offset in range(10)
    ]
    assert rows("ops.ingest_runs", "sum(rows_new)") == [(10,)]


def test_four_tenants_at_once_end_as_one_after_the_other(
    meta: Meta, tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("acme", "beta", "coda", "delta")
    for number, name in enumerate(names, 1001):
        account = meta.add(AdAccount(f"{number}", f"token-of-{name}"))
        for offset in range(3):
            account.deliver(DAY + timedelta(days=offset), 1, f"{number}.00")
        monkeypatch.setenv(f"{name.upper()}_META_ACCESS_TOKEN", account.token)
        monkeypatch.setenv(f"{name.upper()}_META_BASE_URL", meta.url)
        tenants(**{name: {"meta_ads": [{"id": account.id, "credentials": f"{name}-meta"}]}})
    four = [start("meta-ads", tenant=name) for name in names]
    errors = [process.communicate()[1] for process in four]
    assert [process.returncode for process in four] == [0] * 4, errors
    per_tenant = rows("raw_meta_ads.insights GROUP BY tenant", "tenant, sum(spend)::INT, count(*)")
    assert per_tenant == [(name, 3 * number, 3) for number, name in enumerate(names, 1001)]
    assert rows("ops.cursors", "part") == [(f"{n}/{i}",) for i, n in enumerate(names, 1001)]
