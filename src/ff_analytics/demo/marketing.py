"""Three invented businesses, loaded and reported without any account.

Fake servers for Meta, Google, Shopify and Klaviyo run on this machine during the loads.
All output is below data/demo-marketing, which a repeat replaces; your own lake is not changed.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ff_analytics.demo.shops import living_shops
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.settings import PROJECT_ROOT, get_settings
from ff_analytics.engine.ingest import run_ingest
from ff_analytics.engine.products.pipeline import run_product

FOLDER = PROJECT_ROOT / "data" / "demo-marketing"
DAYS = 90


@contextmanager
def _environment(folder: Path, days: int) -> Iterator[None]:
    """Settings and credentials of the demo, and of nothing else, for a while."""
    before = dict(os.environ)
    last = datetime.now(UTC).date() - timedelta(days=1)
    with living_shops(folder / "tenants", last, days) as shops:
        ours = {"FF_DATA_DIR": str(folder), "FF_TENANTS_DIR": str(folder / "tenants")}
        os.environ |= {**ours, "FF_LAKE_CATALOG": "", "FF_LAKE_DATA": "", **shops.environment}
        get_settings.cache_clear()
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            get_settings.cache_clear()


def run(folder: Path = FOLDER, days: int = DAYS) -> Path:
    """Load and report; returns the page. Raises `FFError` when a load or the product fails."""
    shutil.rmtree(folder, ignore_errors=True)
    since = datetime.now(UTC).date() - timedelta(days=days)
    with _environment(folder, days):
        for source in ("meta-ads", "google-ads", "shopify-orders"):
            sys.stderr.write(run_ingest(source, {"since": since}).line() + "\n")
        for source in ("shopify-products", "klaviyo-campaigns"):
            sys.stderr.write(run_ingest(source).line() + "\n")
        report = run_product("channel-performance", {}, progress=lambda line: None)
        if not report.completed:
            raise FFError(str(report.error))
        _show(days)
        return get_settings().reports_dir / "channel-performance.html"


def _show(days: int) -> None:
    rows = lake.read(
        "SELECT tenant, currency, round(sum(spend), 0)::bigint AS spend, "
        "round(sum(revenue), 0)::bigint AS revenue, sum(revenue) / sum(spend) AS mer, "
        "count(anomaly) AS flags FROM analytics.mrt_channel_performance "
        "WHERE channel = 'total' GROUP BY ALL ORDER BY ALL"
    )
    table = Table(title=f"{days} days", title_justify="left")
    for name in ("tenant", "currency", "spend", "revenue", "MER", "outliers"):
        table.add_column(name, justify="left" if name in ("tenant", "currency") else "right")
    for tenant, currency, spend, revenue, mer, flags in rows.rows():
        table.add_row(tenant, currency, f"{spend:,}", f"{revenue:,}", f"{mer:.2f}", str(flags))
    Console().print(table)
