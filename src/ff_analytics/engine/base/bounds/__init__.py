"""Bounds on what others send, and on files that people write."""
