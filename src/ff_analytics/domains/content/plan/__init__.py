"""The content plan: profile, rows, outcome and run state."""
