"""Contract of `raw_google_ads.campaign_day`."""

import dataframely as dy


class CampaignDay(dy.Schema):
    """One row per day and campaign that had any metric.

    Money is in `currency`, dates are days of the customer's `timezone`. Conversions may be
    fractions: Google splits one among the clicks before it.
    """

    tenant = dy.String(primary_key=True)
    date = dy.Date(primary_key=True)
    customer_id = dy.String(primary_key=True, regex="^[0-9]{10}$")
    campaign_id = dy.String(primary_key=True, min_length=1)
    campaign_name = dy.String(nullable=True)
    campaign_status = dy.String(nullable=True)
    channel_type = dy.String(nullable=True)
    currency = dy.String(regex="^[A-Z]{3}$")
    timezone = dy.String()
    cost = dy.Decimal(18, 6, min=0)
    impressions = dy.Int64(min=0)
    clicks = dy.Int64(min=0)
    conversions = dy.Decimal(18, 6)
    conversions_value = dy.Decimal(18, 6)
    all_conversions = dy.Decimal(18, 6)
    all_conversions_value = dy.Decimal(18, 6)
    origin = dy.String(alias="_origin")
