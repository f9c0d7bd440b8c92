select
    tenant, order_id, line_id, shop, product_id, variant_id, sku, title, quantity,
    current_quantity, currency, original_total, discounted_total
from {{ source('shopify', 'order_lines') }}
