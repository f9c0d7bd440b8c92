"""Report of `analytics/channel-performance`: what each channel cost and brought."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ff_analytics.domains.marketing.products.channel_performance.compute import MONTH, STORE, TOTAL
from ff_analytics.domains.marketing.products.channel_performance.report.timeline import timeline
from ff_analytics.engine.report.fragments import Section, absent, fragment
from ff_analytics.engine.report.from_run import meta_of
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import number, percent
from ff_analytics.engine.report.page import Stat, page

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run

TITLE = "What each channel brought"
SHOWN_DAYS = 60
FLAGS = 40


def of_run(frame: pl.DataFrame, run: "Run") -> str:
    """HTML of the rows that `run` computed: the product's `report`."""
    return render(frame, meta_of(run, TITLE))


def render(frame: pl.DataFrame, meta: ReportMeta) -> str:
    """HTML of the frame (columns of `ChannelPerformance`); without rows a page with a notice."""
    if frame.is_empty():
        nothing = absent(
            "empty", "No rows", "No tenant has spend or orders yet.", "ff ingest meta-ads"
        )
        return page(meta, headline=TITLE, lede="Nothing to show.", stats=[], sections=[nothing])
    month = _month(frame)
    return page(
        meta,
        headline=TITLE,
        lede=_lede(month),
        stats=_stats(frame, month),
        sections=[_channels(month), _days(frame), _flags(frame), _method()],
        facts=[
            ("Tenants", ", ".join(sorted(frame["tenant"].unique()))),
            ("Days", f"{frame['date'].dt.min()} to {frame['date'].dt.max()}"),
            ("Snapshot", meta.snapshot_date.isoformat()),
        ],
    )


def _month(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """One record per tenant, currency and channel over the last 28 days, totals last."""
    first = pl.col("date").max().over("tenant") - pl.duration(days=MONTH - 1)
    spend, revenue = pl.col("spend").cast(pl.Float64), pl.col("revenue").cast(pl.Float64)
    return (
        frame.filter(pl.col("date") >= first)
        .sort("date")
        .group_by("tenant", "currency", "channel", maintain_order=True)
        .agg(
            spend.sum(),
            revenue.sum(),
            pl.col("orders", "clicks", "new_customers").sum(),
            pl.col("pacing", "spend_trend", "revenue_trend").last(),
            pl.col("reporting_currency").last(),
        )
        .with_columns(
            total=pl.col("channel") == TOTAL,
            store=(pl.col("channel") == STORE).any().over("tenant", "currency"),
        )
        # Without a store the orders are unknown, not zero.
        .with_columns(pl.when(~pl.col("total") | pl.col("store")).then(pl.col("revenue", "orders")))
        .with_columns(
            return_=pl.when(pl.col("spend") > 0).then(pl.col("revenue") / pl.col("spend"))
        )
        .sort("tenant", "currency", "total", "spend", descending=[False, False, False, True])
        .to_dicts()
    )


def _lede(month: list[dict[str, Any]]) -> str:
    ads = [row for row in month if not row["total"] and row["return_"] is not None]
    if not ads:
        return "No advertising was paid for in the last 28 days."
    best = max(ads, key=lambda row: row["return_"])
    return (
        f"Over the last 28 days {best['channel']} of {best['tenant']} returned most: "
        f"{number(best['return_'], 2)} {best['currency']} of revenue for each one spent."
    )


def _stats(frame: pl.DataFrame, month: list[dict[str, Any]]) -> list[Stat]:
    found = []
    for row in (row for row in month if row["total"]):
        mer = number(row["return_"], 2)
        note = f"{number(row['revenue'], 0)} {row['currency']} on {number(row['spend'], 0)} spent"
        if not row["store"]:
            note = "no store is connected"
        elif row["new_customers"]:
            note += f"; CAC {number(row['spend'] / row['new_customers'], 2)}"
        found.append(Stat(f"MER {row['tenant']} {row['currency']}", mer, note))
    flagged = frame.filter(pl.col("anomaly").is_not_null()).height
    return [*found[:4], Stat("Outliers", str(flagged), "all channels")]


def _channels(month: list[dict[str, Any]]) -> Section:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in month:
        groups.setdefault((row["tenant"], row["currency"]), []).append(row)
    body = fragment(
        "channel_performance/channels.html.j2", groups=groups, number=number, percent=percent
    )
    lead = (
        "The last 28 days. A channel's own orders and revenue are what its platform claims; total "
        "is what the store counted, against all spend; claims of two channels are never added. "
        "Meta credits a purchase by the attribution setting of each ad set."
    )
    return Section("channels", "Channels", body, lead)


def _days(frame: pl.DataFrame) -> Section:
    totals = frame.filter(pl.col("channel") == TOTAL).sort("tenant", "currency", "date")
    panels = []
    for (tenant, currency), rows in totals.group_by("tenant", "currency", maintain_order=True):
        days = [
            (row["date"], float(row["spend"]), float(row["revenue"]), row["anomaly"])
            for row in rows.tail(SHOWN_DAYS).iter_rows(named=True)
        ]
        title = f"{tenant}, {currency}"
        panels.append((title, timeline(days, f"Spend and revenue per day of {title}")))
    body = fragment("channel_performance/days.html.j2", panels=panels)
    lead = "Columns are spend, the line is the store's revenue; a dot is an outlier."
    return Section("days", "Day by day", body, lead, "Days")


def _flags(frame: pl.DataFrame) -> Section:
    found = frame.filter(pl.col("anomaly").is_not_null()).sort("date", descending=True)
    if found.is_empty():
        return absent("flags", "Outliers", "None: every day is close to the previous days.")
    body = fragment(
        "channel_performance/flags.html.j2", rows=found.head(FLAGS).to_dicts(), number=number
    )
    lead = "Spend or revenue far from the 28 days before; newest first."
    return Section("flags", "Outliers", body, lead, "Flags")


def _method() -> Section:
    words = {
        "ROAS": "Revenue that the platform claims, by spend. Platforms count the same order twice "
        "when a customer met both, so channels do not add up to the store.",
        "MER": "Marketing efficiency ratio: the store's revenue by all spend of the same currency.",
        "CAC": "Customer acquisition cost: all spend by the store's new customers.",
        "Trend": "Mean of the last 7 days against the last 28.",
        "Pacing": "Spend of the month so far by the part of the budget that the days so far allow; "
        "100 % is on plan.",
        "Stands out": "More than 3.5 robust standard deviations (interquartile range / 1.349) "
        "from the median of the 28 days before. Today is not evaluated: it is not over.",
        "Currencies": "Rows of different currencies are never added. A currency that is not the "
        "tenant's own is marked.",
    }
    body = fragment("channel_performance/method.html.j2", words=words)
    return Section("method", "How it is counted", body, nav="Method")
