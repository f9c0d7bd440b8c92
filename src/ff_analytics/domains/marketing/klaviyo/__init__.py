"""Source `klaviyo-campaigns`."""
