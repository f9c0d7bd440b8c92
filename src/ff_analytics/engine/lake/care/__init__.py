"""Maintenance of the lake: compaction, retention, catalog copies and restore."""
