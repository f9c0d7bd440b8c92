"""Source `meta-ads`."""
