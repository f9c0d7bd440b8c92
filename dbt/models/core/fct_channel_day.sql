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
