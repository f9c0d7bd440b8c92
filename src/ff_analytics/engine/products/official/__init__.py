"""Official outputs, one per league or tenant and day, and scenarios, which never touch them."""
