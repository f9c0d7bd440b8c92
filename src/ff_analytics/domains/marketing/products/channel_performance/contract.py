"""Contract of `data/analytics/channel_performance/latest.parquet` and its mart."""

import dataframely as dy


class ChannelPerformance(dy.Schema):
    """One row per tenant x day x channel x currency x snapshot_date.

    Channel `total` sets the store's own orders against the spend of all advertising of the same
    currency. Money is in `currency`; ratios of different currencies do not exist here.
    """

    tenant = dy.String(primary_key=True)
    date = dy.Date(primary_key=True)
    channel = dy.String(primary_key=True)
    currency = dy.String(primary_key=True, regex="^[A-Z]{3}$")
    snapshot_date = dy.Date(primary_key=True)
    spend = dy.Decimal(18, 6, min=0)
    impressions = dy.Int64(min=0)
    clicks = dy.Int64(min=0)
    orders = dy.Float64(min=0)
    revenue = dy.Decimal(18, 6)
    new_customers = dy.Int64(nullable=True, min=0)
    roas = dy.Float64(nullable=True)
    cac = dy.Float64(nullable=True, min=0)
    mer = dy.Float64(nullable=True)
    spend_7d = dy.Float64(min=0)
    revenue_7d = dy.Float64()
    roas_7d = dy.Float64(nullable=True)
    roas_28d = dy.Float64(nullable=True)
    spend_trend = dy.Float64(nullable=True, min=-1)
    revenue_trend = dy.Float64(nullable=True)
    pacing = dy.Float64(nullable=True, min=0)
    anomaly = dy.String(nullable=True)
    anomaly_z = dy.Float64(nullable=True)
    reporting_currency = dy.Bool()
    input_snapshot_id = dy.Int64(min=0)
