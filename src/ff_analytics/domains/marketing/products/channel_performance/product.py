"""Channel performance: spend, orders and revenue per channel and day, with ratios and flags."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.products.product import (
    MartInput,
    Product,
    ProductParams,
    RunContext,
    Scope,
)

if TYPE_CHECKING:
    import polars as pl

DAILY = "marts.mrt_channel_daily"
TENANTS = "raw_marketing.tenants"
BUDGETS = "raw_marketing.budgets"


class ChannelPerformanceParams(ProductParams):
    """Parameters of `analytics/channel-performance`."""

    days: int = Field(
        120, ge=28, le=1100, description="How many days back from the newest one are published."
    )
    tenant: Annotated[str | None, Mark.NAMES_RUN] = Field(
        None, description="One tenant. Empty = all."
    )


def _rows(params: ChannelPerformanceParams) -> tuple[str, list[Any]]:
    window = f"date > (SELECT max(date) FROM {DAILY}) - {params.days}"
    return (f"{window} AND tenant = ?", [params.tenant]) if params.tenant else (window, [])


def compute(
    frames: "Mapping[str, pl.DataFrame]", params: ChannelPerformanceParams, context: RunContext
) -> "pl.DataFrame":
    """Frames by mart name in, a frame of the contract's columns out."""
    import polars as pl

    from ff_analytics.domains.marketing.products.channel_performance.compute import performance
    from ff_analytics.domains.marketing.products.channel_performance.contract import (
        ChannelPerformance,
    )

    rows = performance(
        frames[DAILY],
        frames[TENANTS],
        frames[BUDGETS],
        context.snapshot_date,
        context.committed_at,
    )
    return rows.with_columns(
        pl.col(pl.Float64).round(6),
        snapshot_date=pl.lit(context.snapshot_date),
        input_snapshot_id=pl.lit(context.snapshot, dtype=pl.Int64),
    ).select(ChannelPerformance.column_names())


def _prepare(settings: Any) -> None:
    from ff_analytics.domains.marketing.tenants.sync import sync_tenants

    sync_tenants(settings)


def _report(frame: "pl.DataFrame", run: Any) -> str:
    from ff_analytics.domains.marketing.products.channel_performance.report import of_run

    return of_run(frame, run)


PRODUCT = Product(
    name="channel-performance",
    title="Channel performance",
    description="What each marketing channel cost and brought per day: ROAS, CAC, MER, trends, "
    "pacing against budget, and outliers.",
    output="channel_performance",
    params=ChannelPerformanceParams,
    inputs=(
        MartInput(
            mart=DAILY,
            columns=(
                "tenant",
                "date",
                "channel",
                "currency",
                "spend",
                "impressions",
                "clicks",
                "orders",
                "revenue",
                "new_customers",
            ),
            upstream=(
                "raw_google_ads.campaign_day",
                "raw_klaviyo.campaign_values",
                "raw_klaviyo.campaigns",
                "raw_klaviyo.flow_day",
                "raw_meta_ads.insights",
                "raw_shopify.orders",
            ),
            where=_rows,
        ),
        MartInput(mart=TENANTS, columns=("tenant", "title", "timezone", "currency")),
        MartInput(
            mart=BUDGETS,
            columns=("tenant", "channel", "currency", "monthly_budget"),
            allow_empty=True,
        ),
    ),
    contract_path="ff_analytics.domains.marketing.products.channel_performance.contract:ChannelPerformance",
    dbt_models="mrt_channel_performance",
    compute=compute,
    prepare=_prepare,
    scope=Scope("tenant", ("tenant",), lambda p: [p.tenant] if p.tenant else None, part="channel"),
    report=_report,
    top=("tenant", "date", "channel", "currency", "spend", "orders", "revenue", "roas", "mer"),
    sort_by="date",
    diff_by="revenue",
    precision=0.005,
    label="channel",
)
