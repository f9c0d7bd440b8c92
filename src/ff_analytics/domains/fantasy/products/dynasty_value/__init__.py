"""Product `dynasty-value`."""
