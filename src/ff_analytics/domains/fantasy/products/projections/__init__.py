"""Product `projections`."""
