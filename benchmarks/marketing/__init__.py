"""Ingest of marketing accounts."""
