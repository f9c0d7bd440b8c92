"""Product `valuation`."""
