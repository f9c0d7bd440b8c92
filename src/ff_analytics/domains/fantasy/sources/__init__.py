"""Fantasy data providers, one folder each."""
