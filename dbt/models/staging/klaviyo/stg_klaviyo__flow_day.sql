select
    d.tenant, d.account_id, d.flow_id, d.flow_message_id, d.send_channel, d.date, d.timezone,
    d.currency, f.name as flow_name, d.recipients, d.delivered, d.bounced, d.failed, d.opens,
    d.opens_unique, d.clicks, d.clicks_unique, d.unsubscribes, d.spam_complaints, d.conversions,
    d.conversion_uniques, d.conversion_value
from {{ source('klaviyo', 'flow_day') }} d
left join {{ source('klaviyo', 'flows') }} f on f.tenant = d.tenant and f.flow_id = d.flow_id
