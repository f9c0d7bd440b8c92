select
    tenant, account_id, date, level, campaign_id, adset_id, ad_id, campaign_name, adset_name,
    ad_name, currency, timezone, spend, impressions, clicks, reach, purchases, purchase_value,
    purchases_7d_click, purchases_1d_view, purchase_value_7d_click, purchase_value_1d_view
from {{ source('meta_ads', 'insights') }}
-- A day may have been loaded at several levels; only the finest counts.
qualify dense_rank() over (
    partition by tenant, account_id, date
    order by list_position(['ad', 'adset', 'campaign', 'account'], level::varchar)
) = 1
