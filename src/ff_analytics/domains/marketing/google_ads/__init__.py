"""Source `google-ads`."""
