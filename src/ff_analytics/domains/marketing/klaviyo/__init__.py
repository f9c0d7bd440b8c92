"""Sources `klaviyo-campaigns` and `klaviyo-flows`."""
