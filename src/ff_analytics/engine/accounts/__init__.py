"""Clients of providers that need an account: one module each, on one shared `Api`."""
