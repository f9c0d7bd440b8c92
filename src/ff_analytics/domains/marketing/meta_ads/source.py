"""Meta Ads insights per day, for the accounts of every tenant."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from ff_analytics.engine.accounts.accounts import WindowOptions
from ff_analytics.engine.base.dataset import Absence, Dataset, Freshness
from ff_analytics.engine.base.errors import SourceError
from ff_analytics.engine.sources.source import Batch, FetchContext, Source
from ff_analytics.engine.sources.window import Window

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.domains.marketing.meta_ads.client import Insights
    from ff_analytics.domains.marketing.meta_ads.credentials import MetaAdsCredentials
    from ff_analytics.engine.accounts.accounts import Asked
    from ff_analytics.engine.accounts.provider import Account

INSIGHTS = Dataset(
    "insights",
    "raw_meta_ads.insights",
    ("tenant", "date", "account_id", "level", "campaign_id", "adset_id", "ad_id"),
    "ff_analytics.domains.marketing.meta_ads.contract:Insight",
    freshness=Freshness(warn=timedelta(days=2), error=timedelta(days=4)),
    minimum_rows=0,
    optional=True,
    daily=True,
    absence=Absence.OBJECT_GONE,
    object_keys=("account_id", "campaign_id", "adset_id", "ad_id"),
    may_vanish=("campaign_name", "adset_name", "ad_name", "reach", "actions"),
)
# Meta freezes insights 28 days after their day (its own help pages on insights data).
RESTATED = timedelta(days=28)
# A year of single advertisements in one report often fails at Meta, and takes memory here.
STEP = timedelta(days=92)


class MetaAdsOptions(WindowOptions):
    """What to load of Meta Ads."""

    level: Literal["account", "campaign", "adset", "ad"] = Field(
        "adset", description="The finest object that rows are about."
    )


# They overlap, so the first one that is there counts: adding them would count twice.
_PURCHASE = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")


# Finer than the requested level: none.
_OBJECTS = ("campaign_id", "adset_id", "ad_id")
_AS_SENT = (
    "account_id",
    "campaign_name",
    "adset_name",
    "ad_name",
    "spend",
    "impressions",
    "clicks",
    "reach",
    "actions",
)


def _purchases(entries: list[dict[str, Any]] | None, window: str = "value") -> Any:
    """What the purchase action says for `window`; a window without a purchase is left out by Meta.

    `SourceError` where the own setting (`value`) is missing beside the windows: Meta leaves it out
    where it would add up ad sets with different settings.
    """
    by_kind = {entry.get("action_type"): entry for entry in entries or ()}
    found = next((by_kind[kind] for kind in _PURCHASE if kind in by_kind), None)
    if found is None:
        return "0"
    if window == "value" and "value" not in found:
        raise SourceError(
            "Meta names no purchases by the account's own attribution settings: at this level "
            "they differ between ad sets. Load the level adset or ad. Nothing of this account "
            "was loaded."
        )
    return found.get(window, "0")


def columns_of(page: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Insight records in the contract's columns; actions are absent when there were none."""
    return {
        "date": [record.get("date_start") for record in page],
        **{name: [record.get(name, "") for record in page] for name in _OBJECTS},
        **{name: [record.get(name) for record in page] for name in _AS_SENT},
        "purchases": [_purchases(record.get("actions")) for record in page],
        "purchase_value": [_purchases(record.get("action_values")) for record in page],
        **{
            f"{column}_{window}": [_purchases(record.get(name), window) for record in page]
            for column, name in (("purchases", "actions"), ("purchase_value", "action_values"))
            for window in ("7d_click", "1d_view")
        },
    }


_COUNTED = ("spend", "impressions", "clicks")


def _zeros(frame: "pl.DataFrame", who: str) -> "pl.DataFrame":
    """A metric that some records lack is zero; one that all of them lack is missing."""
    import polars as pl

    gone = [name for name in _COUNTED if frame.height and frame[name].null_count() == frame.height]
    if gone:
        raise SourceError(
            f"{who}: no record has {', '.join(gone)}. Meta has changed or withdrawn it; nothing of "
            "this account was loaded. Look for a change of the API's version."
        )
    return frame.with_columns(pl.col(_COUNTED).fill_null(0))


def _steps(since: date, until: date) -> Iterator[tuple[date, date]]:
    """The window, oldest days first, in spans that are each a report and a commit of their own."""
    while since <= until:
        last = min(until, since + STEP - timedelta(days=1))
        yield since, last
        since = last + timedelta(days=1)


def _reports(
    options: MetaAdsOptions, asked: "Asked[Account, MetaAdsCredentials]"
) -> Iterator[Batch]:
    """Report after report of the window, each on the cursor of the one before."""
    from ff_analytics.domains.marketing.meta_ads.client import Insights, connect

    context, account = asked.context, asked.account.id.removeprefix("act_")
    api = connect(asked.credentials, context.settings, context.traffic, asked.who)
    insights = Insights(api, account, options.level)
    described = insights.describe()
    facts = {"currency": described["currency"], "timezone": described["timezone_name"]}
    steps = list(_steps(*asked.window(options, RESTATED, facts["timezone"])))
    context.expected += len(steps) - 1
    for since, until in steps:
        asked_at = datetime.now(UTC).isoformat()
        frame, unreadable = _insights(insights, since, until, asked, facts)
        cursor = asked.cursor(since, until, asked_at, **facts)
        yield asked.batch(
            api.base_url,
            frame,
            unreadable,
            cursor,
            scope={
                "tenant": asked.tenant.name,
                "account_id": account,
                "level": options.level,
                "date": (since, until),
            },
            accept_loss=options.force,
            warnings=asked.notes(cursor, **facts),
        )
        asked = replace(asked, before=cursor)


def _read(options: MetaAdsOptions, asked: "Asked[Account, MetaAdsCredentials]") -> Iterator[Batch]:
    """The reports; the next one is requested while one is stored."""
    from ff_analytics.engine.base.prefetch import prefetch

    for batch in prefetch(_reports(options, asked), most=1):
        failed = len(asked.context.failures)
        yield batch
        if len(asked.context.failures) > failed:
            # The cursor of later days would hide that these are missing.
            return


def _insights(
    insights: "Insights",
    since: date,
    until: date,
    asked: "Asked[Account, MetaAdsCredentials]",
    facts: dict[str, str],
) -> "tuple[pl.DataFrame, pl.DataFrame]":
    """Typed rows of these days, and those that cannot be read."""
    import polars as pl

    from ff_analytics.engine.accounts.rows import text_frame, typed

    fixed = {"tenant": asked.tenant.name, "level": insights.level, **facts}

    def shape(page: list[dict[str, Any]]) -> tuple[pl.DataFrame, pl.DataFrame]:
        # Page by page: as text, months of advertisements would be most of what the load takes.
        return typed(text_frame(columns_of(page)), INSIGHTS.contract)

    shaped = [shape([]), *insights.pages(since, until, shape)]
    known = [pl.lit(value).alias(name) for name, value in fixed.items()]
    frame = _zeros(pl.concat(good for good, _ in shaped), asked.who)
    return frame.with_columns(known), pl.concat(bad for _, bad in shaped).with_columns(known)


def _fetch(options: MetaAdsOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.marketing.meta_ads.credentials import PROVIDER
    from ff_analytics.engine.accounts.accounts import each_account

    return each_account(
        options,
        context,
        INSIGHTS,
        PROVIDER,
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
