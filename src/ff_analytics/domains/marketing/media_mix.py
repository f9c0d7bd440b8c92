"""One tidy weekly table per tenant, in the layout that media-mix models read.

A row per week (Monday to Sunday), a column per channel and measure: as Meridian's
`DataFrameDataLoader` and PyMC-Marketing's `MMM` expect. A week without delivery is 0, so only
weeks of which every account was loaded are in it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from ff_analytics.engine.base.errors import ConfigError

if TYPE_CHECKING:
    from ff_analytics.engine.read.reader import Reader

DAILY = "marts.mrt_channel_daily"
STORE = "store"
MEASURES = ("spend", "impressions", "clicks")


@dataclass(frozen=True)
class Loaded:
    """Days of one account of which no row is missing."""

    account: str
    first: date
    last: date


@dataclass(frozen=True)
class MediaMix:
    """The table, and what bounds its weeks."""

    frame: pl.DataFrame
    notes: tuple[str, ...]


def loaded_days(cursors: Iterable[tuple[str, str, str]]) -> list[Loaded]:
    """Complete days by account, from source, part and cursor (JSON) of `ops.cursors`.

    The day on which an account was asked is not over yet. Cursors without days, of sources that
    are not loaded by day, are left out.
    """
    found = []
    for source, part, text in cursors:
        cursor = json.loads(text or "{}")
        if "loaded_until" not in cursor:
            continue
        asked = date.fromisoformat(cursor["asked_at"][:10])
        last = min(date.fromisoformat(cursor["loaded_until"]), asked - timedelta(days=1))
        first = date.fromisoformat(cursor.get("first") or cursor["since"])
        found.append(Loaded(f"{source} {part}", first, last))
    return found


def weekly(days: pl.DataFrame, loaded: Sequence[Loaded]) -> MediaMix:
    """The weeks that all accounts cover; `days` as `mrt_channel_daily` of one tenant and currency.

    Columns: `week` (its Monday), `orders` and `revenue` of the store, `revenue_per_order` (empty
    without orders), then spend, impressions and clicks of each channel.
    `ConfigError` without a store, or without a whole week.
    """
    if days.filter(pl.col("channel") == STORE).is_empty():
        raise ConfigError(
            "The tenant has no orders of a store, which are what a media-mix model explains. "
            "Load them: ff ingest shopify-orders."
        )
    first, last = _whole_weeks(days["date"].to_list(), loaded)
    known = days.filter(pl.col("date").is_between(first, last)).with_columns(
        week=pl.col("date").dt.truncate("1w")
    )
    frame = pl.DataFrame({"week": pl.date_range(first, last, "1w", eager=True)})
    store = (
        known.filter(pl.col("channel") == STORE)
        .group_by("week")
        .agg(pl.col("orders", "revenue").sum())
    )
    frame = frame.join(store, on="week", how="left").with_columns(
        pl.col("orders", "revenue").fill_null(0)
    )
    revenue = pl.col("revenue").cast(pl.Float64)
    per_order = pl.when(pl.col("orders") > 0).then((revenue / pl.col("orders")).round(6))
    frame = frame.with_columns(revenue_per_order=per_order)
    for channel in sorted(set(days["channel"]) - {STORE}):
        sums = (
            known.filter(pl.col("channel") == channel)
            .group_by("week")
            .agg(pl.col(m).sum().alias(f"{channel.replace('-', '_')}_{m}") for m in MEASURES)
        )
        added = [name for name in sums.columns if name != "week"]
        frame = frame.join(sums, on="week", how="left").with_columns(pl.col(added).fill_null(0))
    return MediaMix(frame.sort("week"), _notes(loaded, first, last))


def _whole_weeks(dates: Sequence[date], loaded: Sequence[Loaded]) -> tuple[date, date]:
    """The first Monday and the last Sunday that the rows and all accounts cover."""
    start = max([min(dates), *(account.first for account in loaded)])
    end = min((account.last for account in loaded), default=max(dates))
    first = start + timedelta(days=-start.weekday() % 7)
    last = end - timedelta(days=(end.weekday() + 1) % 7)
    if last < first:
        raise ConfigError(
            f"No whole week (Monday to Sunday) lies between {start} and {end}, the days for which "
            "every account of the tenant was loaded. Load more: ff backfill SOURCE --dates A:B "
            "--apply."
        )
    return first, last


def _notes(loaded: Sequence[Loaded], first: date, last: date) -> tuple[str, ...]:
    notes = [f"Weeks from {first} to {last}."]
    if loaded:
        latest = max(loaded, key=lambda a: a.first)
        earliest = min(loaded, key=lambda a: a.last)
        notes.append(f"The first day is bounded by {latest.account}, loaded from {latest.first}.")
        notes.append(f"The last day is bounded by {earliest.account}, complete to {earliest.last}.")
    return tuple(notes)


def of_tenant(reader: "Reader", tenant: str, currency: str = "") -> MediaMix:
    """The weeks of one tenant; `ConfigError` for an unknown tenant, or several currencies."""
    if DAILY not in reader.tables():
        raise ConfigError("No marketing data are in the lake yet: ff run channel-performance.")
    days = reader.ask(
        f"SELECT date, channel, currency, spend, impressions, clicks, orders, revenue FROM {DAILY} "
        "WHERE tenant = ? ORDER BY date, channel",
        [tenant],
    )
    if days.is_empty():
        known = reader.ask(f"SELECT DISTINCT tenant FROM {DAILY} ORDER BY 1")["tenant"].to_list()
        raise ConfigError(f"The lake has no tenant {tenant!r}; it has {', '.join(known)}.")
    currencies = sorted(set(days["currency"]))
    if not currency and len(currencies) > 1:
        raise ConfigError(
            f"{tenant} has {', '.join(currencies)}; money of several currencies is not added. "
            f"Choose one: --currency {currencies[0]}."
        )
    currency = currency or currencies[0]
    if currency not in currencies:
        raise ConfigError(f"{tenant} has no currency {currency!r}; it has {', '.join(currencies)}.")
    cursors = reader.ask(
        "SELECT source, part, cursor FROM ops.cursors WHERE starts_with(part, ?) ORDER BY ALL",
        [f"{tenant}/"],
    )
    return weekly(days.filter(pl.col("currency") == currency), loaded_days(cursors.iter_rows()))
