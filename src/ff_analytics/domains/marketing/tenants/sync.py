"""Bring `raw_marketing.tenants` and `raw_marketing.budgets` in line with `tenants/*.yaml`."""

import polars as pl

from ff_analytics.domains.marketing.tenants.contract import Budget, TenantRow
from ff_analytics.engine import lake
from ff_analytics.engine.accounts.tenants import load_all
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest.mirror import mirror

TENANTS = "raw_marketing.tenants"
BUDGETS = "raw_marketing.budgets"


def wanted(settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tenants, and planned spend per month by tenant and channel, from the files."""
    tenants = load_all(settings)
    rows = [t.model_dump(include={"title", "timezone", "currency"}) for t in tenants]
    budgets = [
        {"tenant": t.name, "channel": channel, "currency": t.currency, "monthly_budget": amount}
        for t in tenants
        for channel, amount in t.monthly_budget.items()
    ]
    named = [{"tenant": t.name, **row} for t, row in zip(tenants, rows, strict=True)]
    frames = [
        pl.DataFrame(found, schema=contract.create_empty().schema).sort(pl.all())
        for found, contract in ((named, TenantRow), (budgets, Budget))
    ]
    return frames[0], frames[1]


def sync_tenants(settings: Settings) -> bool:
    """Replace what differs; True when something did. A wrong file raises `ConfigError`."""
    tenants, budgets = wanted(settings)
    tables = {TENANTS: (tenants, ("tenant",)), BUDGETS: (budgets, ("tenant", "channel"))}
    who = lake.Provenance(author="tenants", message="tenants synced from tenants/*.yaml")
    return mirror(tables, who, settings)
