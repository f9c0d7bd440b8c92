select
    v.tenant, v.campaign_id, v.campaign_message_id, v.account_id, v.send_channel, c.send_date,
    v.currency, v.recipients, v.delivered, v.bounced, v.failed, v.opens, v.opens_unique,
    v.clicks, v.clicks_unique, v.unsubscribes, v.spam_complaints, v.conversions,
    v.conversion_uniques, v.conversion_value
from {{ source('klaviyo', 'campaign_values') }} v
left join {{ source('klaviyo', 'campaigns') }} c
    on c.tenant = v.tenant and c.campaign_id = v.campaign_id
