"""Klaviyo flows and what their messages brought by day, for the accounts of every tenant."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from ff_analytics.domains.marketing.klaviyo.campaigns_source import (
    RESTATED,
    KlaviyoOptions,
    typed_of,
)
from ff_analytics.engine.base.dataset import Absence, Dataset, Freshness
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
_DAILY = Freshness(warn=timedelta(days=2), error=timedelta(days=4))
FLOWS = Dataset(
    "flows",
    "raw_klaviyo.flows",
    ("tenant", "flow_id"),
    "ff_analytics.domains.marketing.klaviyo.contract:Flow",
    freshness=_DAILY,
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
    freshness=_DAILY,
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

    from ff_analytics.domains.marketing.klaviyo.client import connect
    from ff_analytics.domains.marketing.klaviyo.shapes import flow_row, values_row

    context, account = asked.context, asked.account
    asked_at = datetime.now(UTC).isoformat()
    klaviyo = connect(asked.credentials, context.settings, context.traffic, asked.who)
    found = klaviyo.expect(account.id)
    facts = {"currency": found["currency"], "timezone": found["timezone"]}
    since, until = asked.window(options, RESTATED, found["timezone"], FIRST_LOAD)
    fixed = {"tenant": asked.tenant.name, "account_id": account.id}
    batch = partial(
        Batch,
        part=asked.part,
        origin="klaviyo",
        url=klaviyo.lists.base_url,
        may_be_empty=True,
        accept_loss=options.force,
    )
    flows, odd = typed_of(FLOWS, klaviyo.flows(), flow_row, fixed)
    listed = batch(
        dataset=FLOWS,
        cursor={"asked_at": asked_at},
        cursor_before=context.cursor(FLOWS, asked.part),
        frame=flows.with_columns(pl.lit(None, pl.Datetime("us", "UTC")).alias("_deleted_at")),
        unreadable=odd,
        scope=fixed,
    )
    days, wrong = typed_of(
        FLOW_DAYS,
        klaviyo.flow_days(since, until, account.conversion_metric),
        values_row,
        {**fixed, **facts, "conversion_metric_id": account.conversion_metric},
    )
    cursor = asked.cursor(since, until, asked_at, **facts)
    reported = batch(
        dataset=FLOW_DAYS,
        cursor=cursor,
        cursor_before=asked.before,
        frame=days,
        unreadable=wrong,
        scope={**fixed, "date": (since, until)},
        warnings=(*klaviyo.notes(), *asked.notes(cursor, **facts)),
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
