-- The list of campaigns names no channel from revision 2026-10-15 on; the report does.
with channels as (
    select tenant, campaign_id, string_agg(distinct send_channel, ', ' order by send_channel)
        as channels
    from {{ source('klaviyo', 'campaign_values') }}
    group by all
)

select
    c.tenant, c.campaign_id, c.account_id, coalesce(v.channels, c.channel) as channel, c.name,
    c.status, c.archived, c.timezone, c.created_at, c.updated_at, c.scheduled_at, c.send_time,
    c.send_date, c._deleted_at as deleted_at
from {{ source('klaviyo', 'campaigns') }} c
left join channels v on v.tenant = c.tenant and v.campaign_id = c.campaign_id
