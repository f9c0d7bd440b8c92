"""Klaviyo campaigns and what each message brought, for the accounts of every tenant."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pydantic import Field

from ff_analytics.domains.marketing.klaviyo.loading import DAILY, begin, typed_of
from ff_analytics.engine.accounts.accounts import WindowOptions
from ff_analytics.engine.base.dataset import Absence, Dataset
from ff_analytics.engine.sources.source import Batch, FetchContext, Source
from ff_analytics.engine.sources.window import Window

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.domains.marketing.klaviyo.client import Klaviyo
    from ff_analytics.domains.marketing.klaviyo.credentials import (
        KlaviyoAccount,
        KlaviyoCredentials,
    )
    from ff_analytics.engine.accounts.accounts import Asked

CAMPAIGNS = Dataset(
    "campaigns",
    "raw_klaviyo.campaigns",
    ("tenant", "campaign_id"),
    "ff_analytics.domains.marketing.klaviyo.contract:Campaign",
    freshness=DAILY,
    minimum_rows=0,
    optional=True,
    version="updated_at",
    absence=Absence.SOFT_DELETED,
    may_vanish=(
        "channel",
        "scheduled_at",
        "send_time",
        "send_date",
        "audiences",
        "send_strategy",
        "send_options",
        "_deleted_at",
    ),
)
# A table of its own: a report knows the messages of its days only, the others keep theirs.
VALUES = Dataset(
    "campaign-values",
    "raw_klaviyo.campaign_values",
    ("tenant", "campaign_id", "campaign_message_id", "send_channel"),
    "ff_analytics.domains.marketing.klaviyo.contract:CampaignValues",
    freshness=DAILY,
    minimum_rows=0,
    optional=True,
    absence=Absence.NOT_ASKED,
)
# One report reaches back a year at the price of a day.
FIRST_LOAD = timedelta(days=364)


class KlaviyoOptions(WindowOptions):
    """Options for Klaviyo; all campaigns are listed, the days apply to their results."""

    since: date | None = Field(
        None,
        examples=["2026-01-01"],
        description="First day of sending whose results are read, in the account's timezone. "
        "Empty = 30 days before the last load; a year back on the first load.",
    )
    until: date | None = Field(
        None,
        examples=["2026-03-31"],
        description="Last day of sending whose results are read. Empty = today.",
    )


def _campaigns(
    klaviyo: "Klaviyo", fixed: dict[str, str], zone: str
) -> "tuple[pl.DataFrame, pl.DataFrame]":
    """Campaigns of all channels with their day of sending; unreadable ones apart."""
    import polars as pl

    from ff_analytics.domains.marketing.klaviyo.client import ANY_CHANNEL, CHANNELS
    from ff_analytics.domains.marketing.klaviyo.shapes import campaign_row

    # Revisions are dates, so they sort as text.
    channels = (None,) if klaviyo.effective >= ANY_CHANNEL else CHANNELS
    read = [
        typed_of(
            CAMPAIGNS,
            klaviyo.campaigns(channel),
            campaign_row,
            {**fixed, "channel": channel, "timezone": zone},
        )
        for channel in channels
    ]
    local = pl.col("send_time").dt.convert_time_zone(zone).dt.date()
    frame = pl.concat(good for good, _ in read).with_columns(
        local.alias("send_date"),
        pl.lit(None, pl.Datetime("us", "UTC")).alias("_deleted_at"),
    )
    return frame, pl.concat(bad for _, bad in read)


def _whole(values: "pl.DataFrame", campaigns: "pl.DataFrame", since: date) -> "pl.DataFrame":
    """Values without those of campaigns sent before `since`.

    The report contains only the later part of a message that was sent over midnight; its total
    is already stored.
    """
    import polars as pl

    earlier = campaigns.filter(pl.col("send_date") < since).select("campaign_id")
    return values.join(earlier, on="campaign_id", how="anti")


def _undated(values: "pl.DataFrame", campaigns: "pl.DataFrame", who: str) -> tuple[str, ...]:
    """A note on messages without a day of sending; their rows are kept."""
    import polars as pl

    dated = campaigns.filter(pl.col("send_date").is_not_null()).select("campaign_id")
    found = values.join(dated, on="campaign_id", how="anti")
    if found.is_empty():
        return ()
    channels = ", ".join(found["send_channel"].drop_nulls().unique().sort())
    worth = found["conversion_value"].sum()
    return (
        f"{who}: {found.height} messages ({channels}) have results and no day of sending, because "
        "the list of campaigns does not name them. They are kept in raw_klaviyo.campaign_values, "
        f"with a conversion value of {worth:.2f}, and are not part of any day.",
    )


def _read(
    options: KlaviyoOptions, asked: "Asked[KlaviyoAccount, KlaviyoCredentials]"
) -> tuple[Batch, ...]:
    from ff_analytics.domains.marketing.klaviyo.shapes import values_row

    load = begin(options, asked, FIRST_LOAD)
    klaviyo, fixed, metric = load.klaviyo, load.fixed, asked.account.conversion_metric
    campaigns, unreadable = _campaigns(klaviyo, fixed, load.facts["timezone"])
    listed = load.batch(
        dataset=CAMPAIGNS,
        cursor={"asked_at": load.asked_at},
        cursor_before=asked.context.cursor(CAMPAIGNS, asked.part),
        frame=campaigns,
        unreadable=unreadable,
        scope=fixed,
    )
    values, wrong = typed_of(
        VALUES,
        klaviyo.values(load.since, load.until, metric),
        values_row,
        {**fixed, "currency": load.facts["currency"], "conversion_metric_id": metric},
    )
    whole = _whole(values, campaigns, load.since)
    cursor = asked.cursor(load.since, load.until, load.asked_at, **load.facts)
    reported = load.batch(
        dataset=VALUES,
        cursor=cursor,
        cursor_before=asked.before,
        frame=whole,
        unreadable=wrong,
        warnings=(
            *klaviyo.notes(),
            *_undated(whole, campaigns, asked.who),
            *asked.notes(cursor, **load.facts),
        ),
    )
    return listed, reported


def _fetch(options: KlaviyoOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.marketing.klaviyo.credentials import PROVIDER
    from ff_analytics.engine.accounts.accounts import each_account

    return each_account(
        options,
        context,
        VALUES,
        PROVIDER,
        lambda asked: _read(options, asked),
    )


SOURCE = Source(
    name="klaviyo-campaigns",
    title="Klaviyo",
    description="Campaigns and the opens, clicks and orders of their messages.",
    options=KlaviyoOptions,
    datasets=(CAMPAIGNS, VALUES),
    fetch=_fetch,
    window=Window("dates", ("since", "until"), chunk=365),
)
