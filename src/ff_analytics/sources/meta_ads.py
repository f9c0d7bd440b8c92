"""Meta Ads insights per day, for the accounts of every tenant."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from ff_analytics.dataset import Dataset, Freshness
from ff_analytics.providers.accounts import WindowOptions
from ff_analytics.source import Batch, FetchContext, Source
from ff_analytics.window import Window

if TYPE_CHECKING:
    from ff_analytics.providers.accounts import Asked
    from ff_analytics.providers.credentials import MetaAdsCredentials
    from ff_analytics.providers.tenants import Account

INSIGHTS = Dataset(
    "insights",
    "raw_meta_ads.insights",
    ("tenant", "date", "account_id", "level", "campaign_id", "adset_id", "ad_id"),
    "ff_analytics.contracts.meta_ads:Insight",
    freshness=Freshness(warn=timedelta(days=2), error=timedelta(days=4)),
    minimum_rows=0,
    optional=True,
)
# Meta freezes insights 28 days after their day (its own help pages on insights data).
RESTATED = timedelta(days=28)


class MetaAdsOptions(WindowOptions):
    """What to load of Meta Ads."""

    level: Literal["account", "campaign", "adset", "ad"] = Field(
        "adset", description="The finest object that rows are about."
    )


def _of_type(entries: list[dict[str, Any]] | None, *types: str) -> str:
    """Value of the first action type that is there: they overlap, so adding would count twice."""
    values = {entry.get("action_type"): entry.get("value") for entry in entries or ()}
    return next((str(values[t]) for t in types if t in values), "0")


_PURCHASE = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")


def row(record: dict[str, Any]) -> dict[str, Any]:
    """One insight record in the contract's columns; actions are absent when there were none."""
    named = ("campaign", "adset", "ad")
    return {
        "date": record.get("date_start"),
        "account_id": record.get("account_id"),
        **{f"{name}_id": record.get(f"{name}_id", "") for name in named},
        **{f"{name}_name": record.get(f"{name}_name") for name in named},
        "spend": record.get("spend", "0"),
        "impressions": record.get("impressions", "0"),
        "clicks": record.get("clicks", "0"),
        "reach": record.get("reach"),
        "purchases": _of_type(record.get("actions"), *_PURCHASE),
        "purchase_value": _of_type(record.get("action_values"), *_PURCHASE),
        "actions": record.get("actions"),
    }


def _read(options: MetaAdsOptions, asked: "Asked[Account, MetaAdsCredentials]") -> Batch:
    import polars as pl

    from ff_analytics.providers.meta import Insights, connect
    from ff_analytics.providers.rows import frame_of, typed

    context, account = asked.context, asked.account.id.removeprefix("act_")
    asked_at = datetime.now(UTC).isoformat()
    api = connect(asked.credentials, context.settings, context.traffic, asked.who)
    insights = Insights(api, account, options.level)
    described = insights.describe()
    since, until = asked.window(options, RESTATED, described["timezone_name"])
    facts = {"currency": described["currency"], "timezone": described["timezone_name"]}
    fixed = {"tenant": asked.tenant.name, "level": options.level, **facts}
    names = INSIGHTS.contract.column_names()
    columns = tuple(name for name in names if name not in (*fixed, "_origin"))

    def shape(page: list[dict[str, Any]]) -> pl.DataFrame:
        return frame_of([page], columns, row)

    text = pl.concat([shape([]), *insights.pages(since, until, shape)], rechunk=True)
    frame, unreadable = typed(
        text.with_columns(pl.lit(value).alias(name) for name, value in fixed.items()),
        INSIGHTS.contract,
    )
    scope = {"tenant": asked.tenant.name, "account_id": account, "level": options.level}
    return Batch(
        dataset=INSIGHTS,
        part=asked.part,
        origin="meta-ads",
        url=api.base_url,
        cursor=asked.cursor(since, until, asked_at, **facts),
        cursor_before=asked.before,
        frame=frame,
        unreadable=unreadable,
        scope={**scope, "date": (since, until)},
        may_be_empty=True,
        accept_loss=options.force,
        warnings=asked.changed(**facts),
    )


def _fetch(options: MetaAdsOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.providers.accounts import each_account
    from ff_analytics.providers.credentials import MetaAdsCredentials

    return each_account(
        options,
        context,
        INSIGHTS,
        lambda tenant: tenant.meta_ads,
        MetaAdsCredentials,
        lambda asked: _read(options, asked),
    )


SOURCE = Source(
    name="meta-ads",
    title="Meta Ads",
    description="Spend and results of Meta advertisements per day.",
    options=MetaAdsOptions,
    datasets=(INSIGHTS,),
    fetch=_fetch,
    window=Window("dates", ("since", "until"), chunk=31),
)
