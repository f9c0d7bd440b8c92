"""Runs in this process or on the server."""
