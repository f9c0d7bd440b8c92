"""Reading, matching and loading of market values."""
