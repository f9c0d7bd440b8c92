"""Attach the lake: its catalog, storage, identity and locks, and what its errors mean."""
