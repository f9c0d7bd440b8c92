"""Quality checks of fantasy inputs: seasons, players, market values."""
