"""Sources `shopify-orders` and `shopify-products`."""
