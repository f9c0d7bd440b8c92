{{ config(unique_key=['tenant', 'date', 'channel', 'currency']) }}

select
    tenant, date, channel, currency,
    sum(spend)::decimal(18, 6) as spend,
    sum(impressions)::bigint as impressions,
    sum(clicks)::bigint as clicks,
    sum(orders) as orders,
    sum(revenue)::decimal(18, 6) as revenue,
    sum(new_customers)::bigint as new_customers
from {{ ref('fct_channel_day') }}
group by all
