select
    tenant, account_id, date, level, campaign_id, adset_id, ad_id, campaign_name, adset_name,
    ad_name, currency, timezone, spend, impressions, clicks, reach, purchases, purchase_value
from {{ source('meta_ads', 'insights') }}
-- A day may have been loaded at several levels; only the finest counts.
qualify dense_rank() over (
    partition by tenant, account_id, date
    order by list_position(['ad', 'adset', 'campaign', 'account'], level::varchar)
) = 1
