{{ config(unique_key=['tenant', 'date', 'channel', 'account_id', 'currency']) }}

-- One block per channel. Platforms report orders that they claim; the store those it had.
select
    tenant, date, 'meta-ads' as channel, account_id, currency,
    sum(spend) as spend,
    sum(impressions)::bigint as impressions,
    sum(clicks)::bigint as clicks,
    sum(purchases)::double as orders,
    sum(purchase_value) as revenue,
    null::bigint as new_customers
from {{ ref('stg_meta_ads__insights') }}
group by all

union all

select
    tenant, date, 'google-ads', account_id, currency,
    sum(spend), sum(impressions)::bigint, sum(clicks)::bigint,
    sum(conversions)::double, sum(conversions_value), null
from {{ ref('stg_google_ads__campaign_day') }}
group by all

union all

-- Messages cost nothing here. All that a campaign brings counts on the day it was sent, what a
-- flow brings on its own day.
select
    tenant, date, 'klaviyo', account_id, currency,
    0, sum(coalesce(opens, 0))::bigint, sum(coalesce(clicks, 0))::bigint,
    sum(coalesce(conversions, 0))::double, sum(coalesce(conversion_value, 0)), null
from (
    select tenant, send_date as date, account_id, currency, opens, clicks, conversions,
        conversion_value
    from {{ ref('stg_klaviyo__campaign_values') }}
    where send_date is not null
    union all
    select tenant, date, account_id, currency, opens, clicks, conversions, conversion_value
    from {{ ref('stg_klaviyo__flow_day') }}
) messages
group by all

union all

-- Test orders and cancelled ones sold nothing; returns lower the order's own day.
select
    tenant, created_date, 'store', shop, currency,
    0, 0, 0,
    count(*)::double, sum(current_total_price),
    case when count(first_order) > 0 then count(*) filter (first_order) end
from {{ ref('stg_shopify__orders') }}
where not test and cancelled_at is null
group by all
