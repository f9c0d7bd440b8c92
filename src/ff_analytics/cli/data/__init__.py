"""The lake and what is published from it."""
