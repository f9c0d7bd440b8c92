"""Klaviyo flows and what their messages brought by day, for the accounts of every tenant."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pydantic import Field

from ff_analytics.domains.marketing.klaviyo.campaigns_source import KlaviyoOptions
from ff_analytics.domains.marketing.klaviyo.loading import DAILY, begin, typed_of
from ff_analytics.engine.base.dataset import Absence, Dataset
from ff_analytics.engine.sources.source import Batch, FetchContext, Source
from ff_analytics.engine.sources.window import Window

if TYPE_CHECKING:
    from ff_analytics.domains.marketing.klaviyo.credentials import (
        KlaviyoAccount,
        KlaviyoCredentials,
    )
    from ff_analytics.engine.accounts.accounts import Asked

# A series by day reaches 60 days; a year of them would take minutes of Klaviyo's quota.
FIRST_LOAD = timedelta(days=59)
FLOWS = Dataset(
    "flows",
    "raw_klaviyo.flows",
    ("tenant", "flow_id"),
    "ff_analytics.domains.marketing.klaviyo.contract:Flow",
    freshness=DAILY,
    minimum_rows=0,
    optional=True,
    version="updated_at",
    absence=Absence.SOFT_DELETED,
    may_vanish=("trigger_type", "_deleted_at"),
)
FLOW_DAYS = Dataset(
    "flow-days",
    "raw_klaviyo.flow_day",
    ("tenant", "account_id", "flow_id", "flow_message_id", "send_channel", "date"),
    "ff_analytics.domains.marketing.klaviyo.contract:FlowDay",
    freshness=DAILY,
    minimum_rows=0,
    optional=True,
    absence=Absence.OBJECT_GONE,
    object_keys=("tenant", "flow_id"),
)


class KlaviyoFlowOptions(KlaviyoOptions):
    """Options for flows; all flows are listed, the days apply to their results."""

    since: date | None = Field(
        None,
        examples=["2026-01-01"],
        description="First day whose results are read, in the account's timezone. "
        "Empty = 30 days before the last load; 60 days on the first load.",
    )
    until: date | None = Field(
        None, examples=["2026-03-31"], description="Last day to read. Empty = today."
    )


def _read(
    options: KlaviyoFlowOptions, asked: "Asked[KlaviyoAccount, KlaviyoCredentials]"
) -> tuple[Batch, ...]:
    import polars as pl

    from ff_analytics.domains.marketing.klaviyo.shapes import flow_row, values_row

    load = begin(options, asked, FIRST_LOAD)
    klaviyo, fixed, metric = load.klaviyo, load.fixed, asked.account.conversion_metric
    flows, odd = typed_of(FLOWS, klaviyo.flows(), flow_row, fixed)
    listed = load.batch(
        dataset=FLOWS,
        cursor={"asked_at": load.asked_at},
        cursor_before=asked.context.cursor(FLOWS, asked.part),
        frame=flows.with_columns(pl.lit(None, pl.Datetime("us", "UTC")).alias("_deleted_at")),
        unreadable=odd,
        scope=fixed,
    )
    days, wrong = typed_of(
        FLOW_DAYS,
        klaviyo.flow_days(load.since, load.until, metric),
        values_row,
        {**fixed, **load.facts, "conversion_metric_id": metric},
    )
    cursor = asked.cursor(load.since, load.until, load.asked_at, **load.facts)
    reported = load.batch(
        dataset=FLOW_DAYS,
        cursor=cursor,
        cursor_before=asked.before,
        frame=days,
        unreadable=wrong,
        scope={**fixed, "date": (load.since, load.until)},
        warnings=(*klaviyo.notes(), *asked.notes(cursor, **load.facts)),
    )
    return listed, reported


def _fetch(options: KlaviyoFlowOptions, context: FetchContext) -> Iterator[Batch]:
    from ff_analytics.domains.marketing.klaviyo.credentials import PROVIDER
    from ff_analytics.engine.accounts.accounts import each_account

    return each_account(options, context, FLOW_DAYS, PROVIDER, lambda asked: _read(options, asked))


SOURCE = Source(
    name="klaviyo-flows",
    title="Klaviyo flows",
    description="Flows and the opens, clicks and orders of their messages per day.",
    options=KlaviyoFlowOptions,
    datasets=(FLOWS, FLOW_DAYS),
    fetch=_fetch,
    window=Window("dates", ("since", "until"), chunk=60),
)
