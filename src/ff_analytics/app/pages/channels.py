"""Channels of a tenant over a period: totals against the period before, days, anomalies."""

import polars as pl
from markupsafe import Markup
from starlette.responses import Response

from ff_analytics.app.queries.channels import MART, period, tenants
from ff_analytics.app.web import grid as grids
from ff_analytics.app.web.figures import whole_number
from ff_analytics.app.web.lines import over_days
from ff_analytics.app.web.page import Page, part, show

PERIODS = (7, 28, 90)


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
    names = tenants(page.reader)
    if not names:
        text = "No tenant has channel figures yet. Three invented shops need no account:"
        body = part("nothing.html.j2", text=text, command="ff demo")
        return show(page, "Channels", body)
    days = whole_number(page.get("days", "28"), "days") or 28
    known = period(page.reader, page.get("tenant"), page.get("currency"), days)
    channel = page.get("channel") or known.channels[0]
    one = known.of(channel)
    if file := grids.frame_export(page, known.frame, f"channels-{known.tenant}"):
        return file
    body = part(
        "channels.html.j2",
        page=page,
        tenants=names,
        tenant=known.tenant,
        currencies=known.currencies,
        currency=known.currency,
        periods=PERIODS,
        days=days,
        first=known.first,
        last=known.last,
        channels=known.channels,
        channel=channel,
        rows=known.rows,
        total=next((row for row in known.rows if row["channel"] == "total"), None),
        charts=_charts(one, known.currency),
        notable=known.notable(),
    )
    lede = f"{known.tenant}, {known.first} to {known.last}, {known.currency}."
    return show(page, "Channels", body, lede=lede, sources=[MART])
