"""ingest/shopify-orders killed anywhere, or run twice at once: the next run ends with all rows."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from ff_analytics.demo.providers.shopify import Shopify
from ff_analytics.demo.providers.shopify_shop import FakeShop
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.ingest import run_ingest

pytestmark = pytest.mark.usefixtures("quick")
NOW = datetime.now(UTC).replace(microsecond=0)
LOAD = "from ff_analytics.engine.ingest import run_ingest; run_ingest('shopify-orders')"
# Orders are committed first, then their lines: before the first commit, and between the two.
POINTS = ("lake.before-commit", "lake.after-commit")


def start(fault: str = "") -> subprocess.Popen[str]:
    """The ingest in a process of its own."""
    env = {**os.environ, "FF_FAULT": fault}
    return subprocess.Popen(
        [sys.executable, "-c", LOAD], env=env, cwd=PROJECT_ROOT, stderr=subprocess.PIPE, text=True
    )


def stored() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    orders = "SELECT order_id, financial_status FROM raw_shopify.orders ORDER BY ALL"
    lines = "SELECT order_id, line_id FROM raw_shopify.order_lines ORDER BY ALL"
    return lake.read(orders).rows(), lake.read(lines).rows()


@pytest.fixture
def grown(acme: FakeShop) -> FakeShop:
    """Four loaded orders, of which one changed since, and two new ones."""
    for number in range(1, 5):
        acme.order(number, NOW - timedelta(hours=9, minutes=number), lines=2)
    run_ingest("shopify-orders")
    acme.change(2, NOW - timedelta(hours=1), displayFinancialStatus="REFUNDED")
    acme.order(5, NOW - timedelta(minutes=45), lines=3)
    acme.order(6, NOW - timedelta(minutes=5), lines=3)
    return acme


def expected() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    orders = [(f"{n}", "REFUNDED" if n == 2 else "PAID") for n in range(1, 7)]
    lines = [(f"{n}", f"{n}00{i}") for n in range(1, 7) for i in range(1, 3 if n < 5 else 4)]
    return [*orders], [*lines]


@pytest.mark.parametrize("point", POINTS)
def test_a_run_killed_twice_at_a_stage_converges(grown: FakeShop, point: str) -> None:
    for _ in range(2):
        killed = start(f"{point}=kill")
        killed.communicate()
        assert killed.returncode == -9
    run_ingest("shopify-orders")
    assert stored() == expected()


def test_killed_between_two_pages(grown: FakeShop, shopify: Shopify) -> None:
    before = stored()
    grown.most_per_page = 2
    shopify.faults.on("graphql", skip=3, slow=60.0)
    process = start()
    while len(shopify.questions("orders(")) < 4:
        assert process.poll() is None, process.communicate()
    process.kill()
    process.communicate()
    assert stored() == before
    shopify.faults.heal()
    run_ingest("shopify-orders")
    assert stored() == expected()


def test_two_at_once_load_every_row_once(grown: FakeShop) -> None:
    both = [start() for _ in range(2)]
    errors = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    assert stored() == expected()
