"""Credentials of shops, and the login that grants access."""
