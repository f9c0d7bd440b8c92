"""The Admin API of a shop: client, bulk operations, and the login that grants access."""
