"""Read the lake: pinned to one snapshot, bounded, with the provenance of every result."""
