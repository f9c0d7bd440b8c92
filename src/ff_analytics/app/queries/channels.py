"""Channels of a tenant over a period, beside the period before."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.read.reader import Reader

MART = "analytics.mrt_channel_performance"
_SUMS = ("spend", "impressions", "clicks", "orders", "revenue")


def tenants(reader: Reader) -> list[str]:
    if MART not in reader.tables():
        return []
    rows = reader.ask(f"SELECT DISTINCT tenant FROM {MART} ORDER BY tenant").iter_rows()
    return [name for (name,) in rows]


def _rows(reader: Reader, tenant: str) -> pl.DataFrame:
    """The newest output of the tenant, money as floats."""
    frame = reader.ask(
        f"SELECT * FROM {MART} WHERE tenant = $1 AND snapshot_date = "
        f"(SELECT max(snapshot_date) FROM {MART} WHERE tenant = $1) ORDER BY date, channel",
        [tenant],
    )
    return frame.with_columns(pl.col("spend", "revenue").cast(pl.Float64))


def _one_of(name: str, value: str, known: list[str]) -> str:
    value = value or known[0]
    if value not in known:
        raise ConfigError(f"{name}={value[:40]!r} is not in the lake: {', '.join(known)}.")
    return value


def _sums(frame: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Sums by channel over the days, with ROAS where there was spend."""
    of = frame.filter(pl.col("date").is_between(first, last))
    sums = of.group_by("channel").agg(pl.col(*_SUMS).sum(), pl.col("pacing").last())
    roas = pl.when(pl.col("spend") > 0).then(pl.col("revenue") / pl.col("spend"))
    return sums.with_columns(roas=roas)


def _against(now: pl.DataFrame, before: pl.DataFrame) -> list[dict[str, Any]]:
    """Channels with their change of spend and revenue; the total last."""
    old = before.select("channel", spend_before="spend", revenue_before="revenue")
    rows = now.join(old, on="channel", how="left").sort(
        pl.col("channel") == "total", "revenue", "channel", descending=[False, True, False]
    )

    def change(name: str) -> pl.Expr:
        past = pl.col(f"{name}_before")
        return pl.when(past > 0).then(pl.col(name) / past - 1).alias(f"{name}_change")

    return rows.with_columns(change("spend"), change("revenue")).to_dicts()


@dataclass(frozen=True)
class Period:
    """A tenant's channels over the days `first` to `last`, beside as many days before."""

    tenant: str
    currencies: list[str]
    currency: str
    days: int
    first: date
    last: date
    channels: list[str]
    frame: pl.DataFrame
    rows: list[dict[str, Any]]

    def of(self, channel: str) -> pl.DataFrame:
        """Days of one channel; the first of `channels` for an empty name."""
        name = _one_of("channel", channel, self.channels)
        return self.frame.filter(pl.col("channel") == name)

    def notable(self) -> list[dict[str, Any]]:
        """Days with an anomaly, newest first, at most 30."""
        odd = self.frame.filter(pl.col("anomaly").is_not_null())
        return odd.sort("date", descending=True).head(30).to_dicts()


def period(reader: Reader, tenant: str = "", currency: str = "", days: int = 28) -> Period:
    """The newest output of a tenant in one currency; the lake has a tenant."""
    tenant = _one_of("tenant", tenant, tenants(reader))
    frame = _rows(reader, tenant)
    # The tenant's own currency first.
    order = frame.sort("reporting_currency", descending=True)["currency"]
    currencies = order.unique(maintain_order=True).to_list()
    currency = _one_of("currency", currency, currencies)
    frame = frame.filter(pl.col("currency") == currency)
    if not 1 <= days <= 3660:
        raise ConfigError(f"days={days} is not between 1 and 3660.")
    last: date = frame["date"].max()  # type: ignore[assignment]
    first = last - timedelta(days=days - 1)
    now = _sums(frame, first, last)
    before = _sums(frame, first - timedelta(days=days), first - timedelta(days=1))
    return Period(
        tenant=tenant,
        currencies=currencies,
        currency=currency,
        days=days,
        first=first,
        last=last,
        channels=sorted(frame["channel"].unique(), key=lambda name: (name != "total", name)),
        frame=frame.filter(pl.col("date") >= first),
        rows=_against(now, before),
    )
