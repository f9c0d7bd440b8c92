select tenant, title, timezone, currency
from {{ source('marketing', 'tenants') }}
