"""Time of a flow run, and of the app, beside bare code."""
