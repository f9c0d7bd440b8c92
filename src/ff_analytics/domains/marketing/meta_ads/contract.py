"""Contract of `raw_meta_ads.insights`."""

import dataframely as dy

from ff_analytics.engine.base.dataset import COUNTED


class Insight(dy.Schema):
    """One row per day and the finest object of `level`; coarser levels leave finer ids empty.

    Money is in `currency`, dates are days of the account's `timezone`. `purchases` and
    `purchase_value` are credited by the attribution setting of the ad set, `_7d_click` and
    `_1d_view` by one window for all; rows that were loaded before the windows have none.
    """

    tenant = dy.String(primary_key=True)
    date = dy.Date(primary_key=True)
    account_id = dy.String(primary_key=True, min_length=1)
    level = dy.Enum(["account", "campaign", "adset", "ad"], primary_key=True)
    campaign_id = dy.String(primary_key=True)
    adset_id = dy.String(primary_key=True)
    ad_id = dy.String(primary_key=True)
    campaign_name = dy.String(nullable=True)
    adset_name = dy.String(nullable=True)
    ad_name = dy.String(nullable=True)
    currency = dy.String(regex="^[A-Z]{3}$")
    timezone = dy.String()
    spend = dy.Decimal(18, 6, min=0, metadata=COUNTED)
    impressions = dy.Int64(min=0, metadata=COUNTED)
    clicks = dy.Int64(min=0)
    reach = dy.Int64(nullable=True, min=0)
    purchases = dy.Decimal(18, 6, min=0)
    purchase_value = dy.Decimal(18, 6)
    purchases_7d_click = dy.Decimal(18, 6, nullable=True, min=0)
    purchases_1d_view = dy.Decimal(18, 6, nullable=True, min=0)
    purchase_value_7d_click = dy.Decimal(18, 6, nullable=True)
    purchase_value_1d_view = dy.Decimal(18, 6, nullable=True)
    actions = dy.String(nullable=True)
    origin = dy.String(alias="_origin")
