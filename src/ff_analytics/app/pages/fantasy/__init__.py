"""Pages about players and leagues."""
