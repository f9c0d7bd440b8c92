"""Data of `ff demo`: invented businesses on fake providers, which tests use, too."""
