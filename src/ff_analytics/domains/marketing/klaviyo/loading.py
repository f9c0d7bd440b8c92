"""What the loads of campaigns and of flows share: the account, its window, and typed rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from ff_analytics.engine.base.dataset import Dataset, Freshness
from ff_analytics.engine.sources.source import Batch

if TYPE_CHECKING:
    import polars as pl

    from ff_analytics.domains.marketing.klaviyo.client import Klaviyo
    from ff_analytics.domains.marketing.klaviyo.credentials import (
        KlaviyoAccount,
        KlaviyoCredentials,
    )
    from ff_analytics.engine.accounts.accounts import Asked, WindowOptions

DAILY = Freshness(warn=timedelta(days=2), error=timedelta(days=4))
# Opens, clicks and orders still come in for weeks after a message was sent.
RESTATED = timedelta(days=30)


@dataclass(frozen=True)
class Loading:
    """One account that is read: its client, facts and window, and how its batches begin."""

    klaviyo: "Klaviyo"
    asked_at: str
    # Currency and timezone of the account.
    facts: dict[str, str]
    since: date
    until: date
    # Columns that are the same in all rows.
    fixed: dict[str, str]
    batch: Callable[..., Batch]


def begin(
    options: "WindowOptions",
    asked: "Asked[KlaviyoAccount, KlaviyoCredentials]",
    first: timedelta,
) -> Loading:
    """Connect, and refuse a key of another account; `first` is the window of the first load."""
    from ff_analytics.domains.marketing.klaviyo.client import connect

    context, account = asked.context, asked.account
    asked_at = datetime.now(UTC).isoformat()
    klaviyo = connect(asked.credentials, context.settings, context.traffic, asked.who)
    found = klaviyo.expect(account.id)
    since, until = asked.window(options, RESTATED, found["timezone"], first)
    batch = partial(
        Batch,
        part=asked.part,
        origin="klaviyo",
        url=klaviyo.lists.base_url,
        may_be_empty=True,
        accept_loss=options.force,
    )
    return Loading(
        klaviyo,
        asked_at,
        {"currency": found["currency"], "timezone": found["timezone"]},
        since,
        until,
        {"tenant": asked.tenant.name, "account_id": account.id},
        batch,
    )


def typed_of(
    dataset: Dataset,
    pages: Iterable[list[dict[str, Any]]],
    row: Any,
    fixed: Mapping[str, str | None],
) -> "tuple[pl.DataFrame, pl.DataFrame]":
    """Rows of the pages in the dataset's types; unreadable ones apart."""
    import polars as pl

    from ff_analytics.engine.accounts.rows import frame_of, typed

    left_out = (*fixed, "_origin", "_deleted_at", "send_date")
    columns = [name for name in dataset.contract.column_names() if name not in left_out]
    text = frame_of(pages, columns, row)
    return typed(
        text.with_columns(pl.lit(value, pl.String).alias(name) for name, value in fixed.items()),
        dataset.contract,
    )
