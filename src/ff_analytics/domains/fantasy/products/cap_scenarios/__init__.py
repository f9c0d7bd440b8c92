"""Product `cap-scenarios`."""
