select
    tenant, campaign_id, account_id, channel, name, status, archived, timezone,
    created_at, updated_at, scheduled_at, send_time, send_date, _deleted_at as deleted_at
from {{ source('klaviyo', 'campaigns') }}
