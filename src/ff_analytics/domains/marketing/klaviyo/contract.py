"""Contracts of the tables of `raw_klaviyo`."""

import dataframely as dy


class Campaign(dy.Schema):
    """One row per campaign, also archived and deleted ones.

    `send_date` is the day of `send_time` in the account's `timezone`. Audiences and strategies
    are kept as JSON, since Klaviyo adds kinds to them. `channel` is null from revision 2026-10-15
    on, whose list does not name it; the report's `send_channel` does.
    """

    tenant = dy.String(primary_key=True)
    campaign_id = dy.String(primary_key=True, min_length=1)
    account_id = dy.String()
    channel = dy.String(nullable=True)
    name = dy.String(nullable=True)
    status = dy.String()
    archived = dy.Bool()
    timezone = dy.String()
    created_at = dy.Datetime(time_zone="UTC", time_unit="us")
    updated_at = dy.Datetime(time_zone="UTC", time_unit="us")
    scheduled_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us")
    send_time = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us")
    send_date = dy.Date(nullable=True)
    audiences = dy.String(nullable=True)
    send_strategy = dy.String(nullable=True)
    send_options = dy.String(nullable=True)
    deleted_at = dy.Datetime(alias="_deleted_at", nullable=True, time_zone="UTC", time_unit="us")
    origin = dy.String(alias="_origin")


class CampaignValues(dy.Schema):
    """One row per message and channel of a sent campaign: totals since it was sent, not of one day.

    `conversion_value` is in `currency`; unique counts of several messages do not add up.
    """

    tenant = dy.String(primary_key=True)
    campaign_id = dy.String(primary_key=True, min_length=1)
    campaign_message_id = dy.String(primary_key=True, min_length=1)
    send_channel = dy.String(primary_key=True, min_length=1)
    account_id = dy.String()
    currency = dy.String(regex="^[A-Z]{3}$")
    conversion_metric_id = dy.String()
    recipients = dy.Int64(nullable=True, min=0)
    delivered = dy.Int64(nullable=True, min=0)
    bounced = dy.Int64(nullable=True, min=0)
    failed = dy.Int64(nullable=True, min=0)
    opens = dy.Int64(nullable=True, min=0)
    opens_unique = dy.Int64(nullable=True, min=0)
    clicks = dy.Int64(nullable=True, min=0)
    clicks_unique = dy.Int64(nullable=True, min=0)
    unsubscribes = dy.Int64(nullable=True, min=0)
    unsubscribe_uniques = dy.Int64(nullable=True, min=0)
    spam_complaints = dy.Int64(nullable=True, min=0)
    conversions = dy.Int64(nullable=True, min=0)
    conversion_uniques = dy.Int64(nullable=True, min=0)
    conversion_value = dy.Decimal(18, 6, nullable=True)
    origin = dy.String(alias="_origin")


class Flow(dy.Schema):
    """One row per flow, also archived and deleted ones."""

    tenant = dy.String(primary_key=True)
    flow_id = dy.String(primary_key=True, min_length=1)
    account_id = dy.String()
    name = dy.String(nullable=True)
    status = dy.String(nullable=True)
    archived = dy.Bool()
    trigger_type = dy.String(nullable=True)
    created_at = dy.Datetime(time_zone="UTC", time_unit="us")
    updated_at = dy.Datetime(time_zone="UTC", time_unit="us")
    deleted_at = dy.Datetime(alias="_deleted_at", nullable=True, time_zone="UTC", time_unit="us")
    origin = dy.String(alias="_origin")


class FlowDay(dy.Schema):
    """One row per day and message of a flow, on days with any result.

    `date` is a day of the account's `timezone`. `conversion_value` is in `currency`; unique counts
    of several days or messages do not add up.
    """

    tenant = dy.String(primary_key=True)
    account_id = dy.String(primary_key=True, min_length=1)
    flow_id = dy.String(primary_key=True, min_length=1)
    flow_message_id = dy.String(primary_key=True, min_length=1)
    send_channel = dy.String(primary_key=True, min_length=1)
    date = dy.Date(primary_key=True)
    timezone = dy.String()
    currency = dy.String(regex="^[A-Z]{3}$")
    conversion_metric_id = dy.String()
    recipients = dy.Int64(nullable=True, min=0)
    delivered = dy.Int64(nullable=True, min=0)
    bounced = dy.Int64(nullable=True, min=0)
    failed = dy.Int64(nullable=True, min=0)
    opens = dy.Int64(nullable=True, min=0)
    opens_unique = dy.Int64(nullable=True, min=0)
    clicks = dy.Int64(nullable=True, min=0)
    clicks_unique = dy.Int64(nullable=True, min=0)
    unsubscribes = dy.Int64(nullable=True, min=0)
    unsubscribe_uniques = dy.Int64(nullable=True, min=0)
    spam_complaints = dy.Int64(nullable=True, min=0)
    conversions = dy.Int64(nullable=True, min=0)
    conversion_uniques = dy.Int64(nullable=True, min=0)
    conversion_value = dy.Decimal(18, 6, nullable=True)
    origin = dy.String(alias="_origin")
