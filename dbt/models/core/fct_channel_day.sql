{{ config(unique_key=['tenant', 'date', 'channel', 'account_id', 'currency']) }}

-- One block per provider; a new channel is one more block.
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

-- Messages cost nothing here; all that one brings counts on the day it was sent.
select
    tenant, send_date, 'klaviyo', account_id, currency,
    0, sum(coalesce(opens, 0))::bigint, sum(coalesce(clicks, 0))::bigint,
    sum(coalesce(conversions, 0))::double, sum(coalesce(conversion_value, 0)), null
from {{ ref('stg_klaviyo__campaign_values') }}
where send_date is not null
group by all
