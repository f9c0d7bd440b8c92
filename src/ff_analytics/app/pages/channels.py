"""Channels of a tenant over a period: totals against the period before, days, anomalies."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from markupsafe import Markup
from starlette.responses import Response

from ff_analytics.app.web import grid as grids
from ff_analytics.app.web.figures import whole_number
from ff_analytics.app.web.lines import over_days
from ff_analytics.app.web.page import Page, part, show
from ff_analytics.engine.base.errors import ConfigError

MART = "analytics.mrt_channel_performance"
PERIODS = (7, 28, 90)
_SUMS = ("spend", "impressions", "clicks", "orders", "revenue")


def _tenants(page: Page) -> list[str]:
    if MART not in page.reader.tables():
        return []
    rows = page.reader.ask(f"SELECT DISTINCT tenant FROM {MART} ORDER BY tenant").iter_rows()
    return [name for (name,) in rows]


def _rows(page: Page, tenant: str) -> pl.DataFrame:
    """The newest output of the tenant, money as floats."""
    frame = page.reader.ask(
        f"SELECT * FROM {MART} WHERE tenant = $1 AND snapshot_date = "
        f"(SELECT max(snapshot_date) FROM {MART} WHERE tenant = $1) ORDER BY date, channel",
        [tenant],
    )
    return frame.with_columns(pl.col("spend", "revenue").cast(pl.Float64))


def _one_of(page: Page, name: str, known: list[str]) -> str:
    value = page.get(name) or known[0]
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


def _charts(days: pl.DataFrame, currency: str) -> list[tuple[str, Markup]]:
    found = []
    for name in ("revenue", "spend"):
        points = [(d, v) for d, v in days.select("date", name).iter_rows() if v is not None]
        if len(points) > 1 and any(v for _, v in points):
            label = f"{name.capitalize()} by day, {currency}"
            found.append((label, over_days(points, label)))
    return found


def channels(page: Page) -> Response:
    """One tenant, currency and period; with `channel` the days of one channel."""
    tenants = _tenants(page)
    if not tenants:
        text = "No tenant has channel figures yet. Three invented shops need no account:"
        body = part("nothing.html.j2", text=text, command="ff demo")
        return show(page, "Channels", body)
    tenant = _one_of(page, "tenant", tenants)
    frame = _rows(page, tenant)
    # The tenant's own currency first.
    order = frame.sort("reporting_currency", descending=True)["currency"]
    currencies = order.unique(maintain_order=True).to_list()
    currency = _one_of(page, "currency", currencies)
    frame = frame.filter(pl.col("currency") == currency)
    names = sorted(frame["channel"].unique(), key=lambda name: (name != "total", name))
    channel = _one_of(page, "channel", names)
    days = whole_number(page.get("days", "28"), "days") or 28
    if not 1 <= days <= 3660:
        raise ConfigError(f"days={days} is not between 1 and 3660.")
    last: date = frame["date"].max()  # type: ignore[assignment]
    first = last - timedelta(days=days - 1)
    now = _sums(frame, first, last)
    before = _sums(frame, first - timedelta(days=days), first - timedelta(days=1))
    of_period = frame.filter(pl.col("date") >= first)
    if file := grids.frame_export(page, of_period, f"channels-{tenant}"):
        return file
    one = of_period.filter(pl.col("channel") == channel)
    notable = of_period.filter(pl.col("anomaly").is_not_null()).sort("date", descending=True)
    rows = _against(now, before)
    body = part(
        "channels.html.j2",
        page=page,
        tenants=tenants,
        tenant=tenant,
        currencies=currencies,
        currency=currency,
        periods=PERIODS,
        days=days,
        first=first,
        last=last,
        channels=names,
        channel=channel,
        rows=rows,
        total=next((row for row in rows if row["channel"] == "total"), None),
        charts=_charts(one, currency),
        notable=notable.head(30).to_dicts(),
    )
    lede = f"{tenant}, {first} to {last}, {currency}."
    return show(page, "Channels", body, lede=lede, sources=[MART])
