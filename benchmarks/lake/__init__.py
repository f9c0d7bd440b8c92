"""Writing to the lake: upserts, catalogs, contracts, large files."""
