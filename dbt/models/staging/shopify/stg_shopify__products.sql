select
    tenant, product_id, shop, title, handle, status, vendor, product_type, currency, price_min,
    price_max, variants, total_inventory, created_at, updated_at
from {{ source('shopify', 'products') }}
where _deleted_at is null
