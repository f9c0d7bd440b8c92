"""Contract of `data/analytics/channel_performance/latest.parquet` and its mart."""

import dataframely as dy


class ChannelPerformance(dy.Schema):
    """One row per tenant x day x channel x currency x snapshot_date.

    Channel `total` sets the store's own orders against the spend of all advertising of the same
    currency. Money is in `currency`; ratios of different currencies do not exist here.
    """

    tenant = dy.String(primary_key=True, description="Business whose channels these are.")
    date = dy.Date(primary_key=True, description="Day of the account's or store's own timezone.")
    channel = dy.String(
        primary_key=True, description="Channel; total sets the store against all advertising."
    )
    currency = dy.String(
        primary_key=True, regex="^[A-Z]{3}$", description="ISO 4217 code of all money in the row."
    )
    snapshot_date = dy.Date(primary_key=True, description="Date of the run.")
    spend = dy.Decimal(
        18, 6, min=0, description="Spend of the day.", metadata={"unit": "money in currency"}
    )
    impressions = dy.Int64(min=0, description="Times shown.", metadata={"unit": "count"})
    clicks = dy.Int64(min=0, description="Clicks.", metadata={"unit": "count"})
    orders = dy.Float64(
        min=0,
        description="Orders the platform claims, in total those of the store.",
        metadata={"unit": "count"},
    )
    revenue = dy.Decimal(
        18, 6, description="Revenue of those orders.", metadata={"unit": "money in currency"}
    )
    new_customers = dy.Int64(
        nullable=True,
        min=0,
        description="First orders of a customer; null where no source reports them.",
        metadata={"unit": "count"},
    )
    roas = dy.Float64(
        nullable=True, description="Revenue by spend of the channel.", metadata={"unit": "ratio"}
    )
    cac = dy.Float64(
        nullable=True,
        min=0,
        description="Spend per new customer; total only.",
        metadata={"unit": "money in currency"},
    )
    mer = dy.Float64(
        nullable=True,
        description="Store revenue by all spend; total only.",
        metadata={"unit": "ratio"},
    )
    spend_7d = dy.Float64(
        min=0, description="Spend of the last 7 days.", metadata={"unit": "money in currency"}
    )
    revenue_7d = dy.Float64(
        description="Revenue of the last 7 days.", metadata={"unit": "money in currency"}
    )
    roas_7d = dy.Float64(
        nullable=True, description="Revenue by spend over 7 days.", metadata={"unit": "ratio"}
    )
    roas_28d = dy.Float64(
        nullable=True, description="Revenue by spend over 28 days.", metadata={"unit": "ratio"}
    )
    spend_trend = dy.Float64(
        nullable=True,
        min=-1,
        description="Mean spend of 7 days against 28, as a change; 0.1 is a tenth more.",
        metadata={"unit": "share of 1"},
    )
    revenue_trend = dy.Float64(
        nullable=True,
        description="Mean revenue of 7 days against 28, as a change.",
        metadata={"unit": "share of 1"},
    )
    pacing = dy.Float64(
        nullable=True,
        min=0,
        description="Spend of the month so far by the share of the budget that is due.",
        metadata={"unit": "ratio"},
    )
    anomaly = dy.String(
        nullable=True, description="What stands out on the day, null when nothing does."
    )
    anomaly_z = dy.Float64(
        nullable=True,
        description="Distance from the median of the 28 days before, robust.",
        metadata={"unit": "standard deviations"},
    )
    reporting_currency = dy.Bool(description="Whether currency is the tenant's own.")
    input_snapshot_id = dy.Int64(min=0, description="Lake snapshot that was read.")
