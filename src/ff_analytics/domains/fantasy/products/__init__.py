"""Fantasy products, one folder each."""
