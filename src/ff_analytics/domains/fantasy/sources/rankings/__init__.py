"""Reading, dating, matching and loading of rankings and average draft positions."""
