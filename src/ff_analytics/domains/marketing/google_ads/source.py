"""Google Ads campaigns per day, for the customers of every tenant."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import Field

from ff_analytics.engine.accounts.accounts import WindowOptions
from ff_analytics.engine.base.dataset import Absence, Dataset, Freshness
from ff_analytics.engine.sources.source import Batch, FetchContext, Source
from ff_analytics.engine.sources.window import Window

if TYPE_CHECKING:
    from ff_analytics.domains.marketing.google_ads.credentials import (
        GoogleAdsAccount,
        GoogleAdsCredentials,
    )
    from ff_analytics.engine.accounts.accounts import Asked

CAMPAIGN_DAY = Dataset(
    "campaign-day",
    "raw_google_ads.campaign_day",
    ("tenant", "date", "customer_id", "campaign_id"),
    "ff_analytics.domains.marketing.google_ads.contract:CampaignDay",
    freshness=Freshness(warn=timedelta(days=2), error=timedelta(days=4)),
    minimum_rows=0,
    optional=True,
    daily=True,
    # Google keeps removed campaigns in its answers; should one be missing, its past is kept.
    absence=Absence.OBJECT_GONE,
    object_keys=("customer_id", "campaign_id"),
)


class GoogleAdsOptions(WindowOptions):
    """What to load of Google Ads."""

    restated_days: int = Field(
        30,
        ge=0,
        le=90,
        description="Days before the last load that are read again: conversions still come in "
        "for as long as the account's conversion window, 90 days at most.",
    )


def _exact(micros: Any) -> Any:
    """Millionths as an exact decimal; other values are kept, to be quarantined."""
    text = str(micros)
    return str(Decimal(text).scaleb(-6)) if text.removeprefix("-").isdecimal() else micros


def _six(value: Any) -> Any:
    # A double of 99.99999999999999 is 100: casting it to six places would cut it off instead.
    return f"{value:.6f}" if isinstance(value, float) else value


def row(record: dict[str, Any]) -> dict[str, Any]:
    """One record in the contract's columns; Google leaves out fields that are zero."""
    from ff_analytics.engine.accounts.rows import nested

    campaign, metrics = nested(record, "campaign"), nested(record, "metrics")
    if not metrics and "metrics" in record:
        # Unreadable instead of missing: zeros would be invented.
        metrics = {"costMicros": record["metrics"]}
    return {
        "date": nested(record, "segments").get("date"),
        "campaign_id": campaign.get("id"),
        "campaign_name": campaign.get("name"),
        "campaign_status": campaign.get("status"),
        "channel_type": campaign.get("advertisingChannelType"),
        "cost": _exact(metrics.get("costMicros", 0)),
        "impressions": metrics.get("impressions", 0),
        "clicks": metrics.get("clicks", 0),
        "conversions": _six(metrics.get("conversions", 0)),
        "conversions_value": _six(metrics.get("conversionsValue", 0)),
        "all_conversions": _six(metrics.get("allConversions", 0)),
        "all_conversions_value": _six(metrics.get("allConversionsValue", 0)),
    }


def _read(
    options: GoogleAdsOptions, asked: "Asked[GoogleAdsAccount, GoogleAdsCredentials]"
) -> Batch:
    import polars as pl

    from ff_analytics.domains.marketing.google_ads.client import Campaigns, connect
    from ff_analytics.engine.accounts.rows import frame_of, typed

    context, customer = asked.context, asked.account.id
    asked_at = datetime.now(UTC).isoformat()
    api = connect(asked.credentials, context.settings, context.traffic, asked.who)
    campaigns = Campaigns(api, customer)
    described = campaigns.describe()
    facts = {"currency": described["currencyCode"], "timezone": described["timeZone"]}
    since, until = asked.window(
        options, timedelta(days=options.restated_days), described["timeZone"]
    )
    fixed = {"tenant": asked.tenant.name, "customer_id": customer, **facts}
    wanted = CAMPAIGN_DAY.contract.column_names()
    columns = [name for name in wanted if name not in (*fixed, "_origin")]
    text = frame_of(campaigns.pages(since, until), columns, row)
    frame, unreadable = typed(
        text.with_columns(pl.lit(value).alias(name) for name, value in fixed.items()),
        CAMPAIGN_DAY.contract,
    )
    cursor = asked.cursor(since, until, asked_at, **facts)
    return asked.batch(
        api.base_url,
        frame,
        unreadable,
        cursor,
        scope={"tenant": asked.tenant.name, "customer_id": customer, "date": (since, until)},
        accept_loss=options.force,
        warnings=asked.notes(cursor, **facts),
    )


def _fetch(options: GoogleAdsOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.marketing.google_ads.credentials import PROVIDER
    from ff_analytics.engine.accounts.accounts import each_account

    return each_account(
        options,
        context,
        CAMPAIGN_DAY,
        PROVIDER,
        lambda asked: _read(options, asked),
    )


SOURCE = Source(
    name="google-ads",
    title="Google Ads",
    description="Cost and results of Google Ads campaigns per day.",
    options=GoogleAdsOptions,
    datasets=(CAMPAIGN_DAY,),
    fetch=_fetch,
    window=Window("dates", ("since", "until"), chunk=92),
)
