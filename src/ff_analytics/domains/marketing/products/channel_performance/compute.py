"""Channels per day: spend, revenue, ratios, trends and outliers."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

TOTAL = "total"
STORE = "store"
# The slice that a trend or an anomaly belongs to.
SERIES = ["tenant", "channel", "currency"]
WEEK, MONTH = 7, 28
# Threshold for robust z-scores: Iglewicz and Hoaglin 1993, "How to Detect and Handle Outliers".
ANOMALY_Z = 3.5
# Interquartile range to standard deviation of a normal distribution, the pseudo-sigma of Hoaglin,
# Mosteller and Tukey 1983, "Understanding Robust and Exploratory Data Analysis".
IQR_TO_SD = 1 / 1.349
# Half of the window: with fewer days a median is not reliable.
ANOMALY_DAYS = 14
# A series that hardly moves would call every change an outlier; a tenth of its level is none.
QUIET_SHARE = 0.1

_MONEY = pl.Decimal(18, 6)


def total_of(days: pl.DataFrame) -> pl.DataFrame:
    """Channel `total`: spend of all advertising against the store's own orders, per currency.

    Orders that platforms claim overlap, so they are not added up; the store counts each once.
    """
    ads = pl.col("channel") != STORE
    keys = ["tenant", "date", "currency"]
    return (
        days.group_by(keys)
        .agg(
            *(pl.col(c).filter(ads).sum() for c in ("spend", "impressions", "clicks")),
            *(pl.col(c).filter(~ads).sum() for c in ("orders", "revenue")),
            pl.when((~ads).any())
            .then(pl.col("new_customers").filter(~ads).sum())
            .alias("new_customers"),
        )
        .with_columns(channel=pl.lit(TOTAL))
        .select(days.columns)
    )


def every_day(days: pl.DataFrame) -> pl.DataFrame:
    """One row per series and day from its first to the tenant's last; days without rows are 0.

    Providers leave out days without delivery; a trend over the days that are there would
    take Monday for the day after Friday.
    """
    last = days.group_by("tenant").agg(last=pl.col("date").max())
    spans = days.group_by(SERIES).agg(first=pl.col("date").min()).join(last, on="tenant")
    calendar = spans.with_columns(date=pl.date_ranges("first", "last")).explode("date")
    counts = ("spend", "impressions", "clicks", "orders", "revenue")
    return (
        calendar.select(*SERIES, "date")
        .join(days, on=[*SERIES, "date"], how="left")
        .with_columns(pl.col(name).fill_null(0) for name in counts)
        .with_columns(
            # Null if the channel never reports it, 0 if it reported nothing for that day.
            pl.when(pl.col("new_customers").is_not_null().any().over(SERIES))
            .then(pl.col("new_customers").fill_null(0))
            .alias("new_customers")
        )
        .sort(*SERIES, "date")
    )


def _ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return pl.when(below > 0).then(above / below)


def _rolling(name: str, days: int) -> pl.Expr:
    return pl.col(name).cast(pl.Float64).rolling_sum(days, min_samples=1).over(SERIES)


def _trend(name: str) -> pl.Expr:
    """Mean of the last 7 days against that of the last 28, as a change: 0.1 is a tenth more."""
    number = pl.col(name).cast(pl.Float64)
    recent = number.rolling_mean(WEEK, min_samples=WEEK).over(SERIES)
    longer = number.rolling_mean(MONTH, min_samples=MONTH).over(SERIES)
    return pl.when(longer > 0).then(recent / longer - 1)


def with_ratios(days: pl.DataFrame) -> pl.DataFrame:
    """ROAS = revenue / spend; CAC = spend / new customers; MER = store revenue / all spend."""
    spend, revenue = pl.col("spend").cast(pl.Float64), pl.col("revenue").cast(pl.Float64)
    total = pl.col("channel") == TOTAL
    # Without a store the revenue is unknown: MER is null, not zero.
    store = (pl.col("channel") == STORE).any().over("tenant", "currency")
    return days.with_columns(
        roas=pl.when(~total).then(_ratio(revenue, spend)),
        cac=pl.when(total & (spend > 0)).then(_ratio(spend, pl.col("new_customers"))),
        mer=pl.when(total & store).then(_ratio(revenue, spend)),
        spend_7d=_rolling("spend", WEEK),
        revenue_7d=_rolling("revenue", WEEK),
        roas_7d=_ratio(_rolling("revenue", WEEK), _rolling("spend", WEEK)),
        roas_28d=_ratio(_rolling("revenue", MONTH), _rolling("spend", MONTH)),
        spend_trend=_trend("spend"),
        revenue_trend=_trend("revenue"),
    )


def with_pacing(days: pl.DataFrame, budgets: pl.DataFrame) -> pl.DataFrame:
    """Pacing = spend of the month so far / (monthly budget x share of the month that is over).

    1 is on plan; null without a budget in the currency of the spend. `total` has the sum.
    """
    sums = budgets.group_by("tenant", "currency").agg(pl.col("monthly_budget").sum())
    plans = pl.concat(
        [
            budgets.filter(pl.col("channel") != TOTAL),
            sums.with_columns(channel=pl.lit(TOTAL)).select(budgets.columns),
        ]
    )
    month = pl.col("date").dt.truncate("1mo")
    elapsed = pl.col("date").dt.day() / pl.col("date").dt.month_end().dt.day()
    so_far = pl.col("spend").cast(pl.Float64).cum_sum().over([*SERIES, month])
    # A series that begins within a month has spent nothing known before.
    whole = pl.col("date").min().over([*SERIES, month]).dt.day() == 1
    plan = pl.col("monthly_budget").cast(pl.Float64)
    return (
        days.join(plans, on=SERIES, how="left")
        .sort(*SERIES, "date")
        .with_columns(pacing=pl.when(whole & (plan > 0)).then(so_far / (plan * elapsed)))
        .drop("monthly_budget")
    )


def open_days(tenants: pl.DataFrame, today: date, known_until: datetime) -> pl.DataFrame:
    """Each tenant's first incomplete day: `tenant`, `open_from`.

    It is the current day, in the tenant's timezone, at `known_until` (aware), and
    never after `today`.
    """
    known = [known_until.astimezone(ZoneInfo(zone)).date() for zone in tenants["timezone"]]
    first = pl.Series("open_from", [min(day, today) for day in known], dtype=pl.Date)
    return tenants.select("tenant").with_columns(first)


def with_anomalies(days: pl.DataFrame) -> pl.DataFrame:
    """Days whose spend or revenue is far from the previous 28 days.

    z = (value - median) / (interquartile range / 1.349), of the previous days only. The larger of
    the two is used. Days from `open_from` on are not evaluated: they are not over.
    """

    def z_of(name: str) -> pl.Expr:
        number = pl.col(name).cast(pl.Float64)
        before = number.shift(1)

        def quantile(share: float) -> pl.Expr:
            found = before.rolling_quantile(
                share, "linear", window_size=MONTH, min_samples=ANOMALY_DAYS
            )
            return found.over(SERIES)

        middle, spread = quantile(0.5), quantile(0.75) - quantile(0.25)
        scale = pl.max_horizontal(IQR_TO_SD * spread, QUIET_SHARE * middle.abs())
        value = pl.when(scale > 0).then((number.over(SERIES) - middle) / scale)
        return pl.when(pl.col("date") < pl.col("open_from")).then(value)

    scored = days.with_columns(_spend_z=z_of("spend"), _revenue_z=z_of("revenue"))
    spend, revenue = pl.col("_spend_z"), pl.col("_revenue_z")
    larger = pl.when(revenue.abs().fill_null(0) > spend.abs().fill_null(0))
    z, what = larger.then(revenue).otherwise(spend), larger.then(pl.lit("revenue"))
    side = pl.when(z > 0).then(pl.lit(" high")).otherwise(pl.lit(" low"))
    named = pl.when(z.abs() > ANOMALY_Z).then(what.otherwise(pl.lit("spend")) + side)
    return scored.with_columns(anomaly_z=z, anomaly=named).drop("_spend_z", "_revenue_z")


def performance(
    days: pl.DataFrame,
    tenants: pl.DataFrame,
    budgets: pl.DataFrame,
    today: date,
    known_until: datetime,
) -> pl.DataFrame:
    """Days per tenant, channel and currency in, the product's columns out.

    `reporting_currency` is true for rows in the tenant's own currency: rows in another
    one are shown, and compared only among themselves. Days that were not over at `known_until`
    in the tenant's timezone, and those from `today` on, are not evaluated.
    """
    own = days.select("tenant", "date", "channel", "currency", "spend", "impressions", "clicks",
                      "orders", "revenue", "new_customers")  # fmt: skip
    with_total = pl.concat([own, total_of(own)], how="vertical_relaxed")
    moved = with_pacing(with_ratios(every_day(with_total)), budgets)
    home = tenants.select("tenant", home=pl.col("currency"))
    closed_until = open_days(tenants, today, known_until)
    dated = moved.join(closed_until, on="tenant", how="left").with_columns(
        # A tenant whose file was deleted has no timezone.
        pl.col("open_from").fill_null(today)
    )
    return (
        with_anomalies(dated.sort(*SERIES, "date"))
        .drop("open_from")
        .join(home, on="tenant", how="left")
        .with_columns(
            pl.col("spend", "revenue").cast(_MONEY),
            reporting_currency=(pl.col("currency") == pl.col("home")).fill_null(False),
        )
        .drop("home")
    )
