"""Read-only access to the lake."""
