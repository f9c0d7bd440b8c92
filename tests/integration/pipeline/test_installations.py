"""Every product's deployment on every kind of installation: Completed or Skipped, never Failed.

The flow's own function runs, with the stages as plain functions and without a server.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from prefect.client.schemas.objects import State, StateType

from ff_analytics.demo.providers.meta import AdAccount, Meta
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.ingest import run_ingest
from ff_analytics.engine.products import pipeline
from ff_analytics.engine.products import registry as products
from ff_analytics.platform import manifest
from flows import analytics, leagues
from tasks import policy
from tasks.shown import names
from tests.fakes.small_league import League
from tests.integration.marketing.conftest import meta as meta
from tests.integration.marketing.conftest import quick as quick
from tests.integration.marketing.conftest import tenants as tenants

# A product after the other on two installations: long on a busy machine.
pytestmark = pytest.mark.timeout(1200)
Deployment = Callable[[str], State[Any]]
COMPLETED = ""
NFLVERSE = r"Run ingest/nflverse, or ingest/sample for invented data\."
BOOKS = r"Run ingest/league-sheet, or ingest/sample for invented data\."
ADS = r"Run ingest/google-ads or ingest/klaviyo-campaigns or .*ingest/shopify-orders"
PROJECTIONS = r"Run analytics/projections first"
# In the order of their schedules, but for dynasty value: its first run may come too early.
FANTASY = (
    *("dynasty-value", "valuation", "template", "projections", "weekly-projections"),
    *("cap-scenarios", "backtest"),
)


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """How a product's deployment ends with its own parameters."""

    async def nothing(*_: object) -> None:
        """What is for people goes to no server."""

    monkeypatch.setattr(analytics, "TASKS", pipeline.in_process())
    for module in (analytics, leagues):
        monkeypatch.setattr(module, "publish_summary", nothing)
    monkeypatch.setattr(names, "rename_run", nothing)
    monkeypatch.setattr(policy, "get_run_logger", lambda: logging.getLogger("test"))

    def end(product: str) -> State[Any]:
        return asyncio.run(analytics.run_product(product, {}))

    get_settings.cache_clear()
    yield end
    get_settings.cache_clear()


def check(ends: Deployment, expected: dict[str, str]) -> None:
    """Each product ends as expected: Completed, or Skipped with a sentence on the next step."""
    deployed = {d.name for d in manifest.load().deployments}
    for product, step in expected.items():
        state = ends(product)
        assert state.type is StateType.COMPLETED, f"{product}: {state.message}"
        assert state.name == ("Skipped" if step else "Completed"), f"{product}: {state.message}"
        if step:
            said = str(state.message)
            assert re.search(step, said), f"{product}: {said}"
            assert "\n" not in said
            named = set(re.findall(r"\b(?:ingest|analytics)/([\w-]+)", said))
            assert named
            assert named <= deployed, said


def test_nothing_loaded(ends: Deployment, lake_settings: Settings) -> None:
    steps = dict.fromkeys(FANTASY, NFLVERSE)
    check(ends, steps | {"cap-scenarios": BOOKS, "channel-performance": ADS})
    state = asyncio.run(leagues._run("valuation", {}))
    assert (state.name, state.type) == ("Skipped", StateType.COMPLETED)
    assert set(steps) | {"channel-performance"} == set(products.names())


def test_the_sample_league_only(ends: Deployment, lake_settings: Settings) -> None:
    run_ingest("sample", {})
    first = {"channel-performance": ADS, "dynasty-value": PROJECTIONS}
    check(ends, first | dict.fromkeys(FANTASY[1:], COMPLETED))
    check(ends, {"dynasty-value": COMPLETED})


def test_a_league_without_books(ends: Deployment, league: League) -> None:
    """Two seasons of nflverse: no contract, no roster, no market, too few seasons to test."""
    steps = dict.fromkeys(FANTASY, COMPLETED) | {"channel-performance": ADS}
    steps |= {"cap-scenarios": BOOKS, "dynasty-value": PROJECTIONS}
    check(ends, steps | {"backtest": r"needs 3 seasons, and 2 of them are .*Run ingest/nflverse"})
    check(ends, {"dynasty-value": COMPLETED})


@pytest.mark.usefixtures("quick")
def test_marketing_only(
    ends: Deployment, meta: Meta, tenants: Callable[..., None], lake_settings: Settings
) -> None:
    account, first = meta.add(AdAccount("1001", "token-of-acme")), date(2026, 2, 1)
    for offset in range(10):
        account.deliver(first + timedelta(days=offset), 1, f"{100 + offset % 3}.00")
    tenants(acme={"meta_ads": [{"id": "1001", "credentials": "acme-meta"}]})
    run_ingest("meta-ads", {"since": first, "until": first + timedelta(days=9)})
    steps = dict.fromkeys(FANTASY, NFLVERSE) | {"cap-scenarios": BOOKS}
    check(ends, steps | {"channel-performance": COMPLETED})
    state = asyncio.run(leagues._run("valuation", {}))
    assert (state.name, state.type) == ("Skipped", StateType.COMPLETED)


def test_a_domain_that_is_switched_off(
    ends: Deployment, lake_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FF_DOMAINS", "marketing")
    get_settings.cache_clear()
    for product in FANTASY:
        state = ends(product)
        assert (state.name, state.type) == ("Skipped", StateType.COMPLETED)
        assert state.message == "The domain fantasy is switched off: FF_DOMAINS names the others."
    check(ends, {"channel-performance": ADS})
