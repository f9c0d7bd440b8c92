select
    tenant, customer_id as account_id, date, campaign_id, campaign_name, campaign_status,
    channel_type, currency, timezone, cost as spend, impressions, clicks,
    conversions, conversions_value, all_conversions, all_conversions_value
from {{ source('google_ads', 'campaign_day') }}
