"""Product `channel-performance`."""
