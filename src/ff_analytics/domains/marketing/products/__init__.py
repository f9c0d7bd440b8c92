"""Marketing products, one folder each."""
