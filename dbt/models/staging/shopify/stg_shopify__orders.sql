select
    tenant, order_id, shop, created_at, created_date, timezone, updated_at, cancelled_at, test,
    currency, total_price, current_total_price, total_discounts, total_refunded,
    presentment_currency, presentment_total_price, presentment_current_total_price,
    presentment_total_refunded, customer_id, first_order, utm_source, utm_medium, utm_campaign
from {{ source('shopify', 'orders') }}
