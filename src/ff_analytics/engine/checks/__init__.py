"""Quality checks of lake tables: freshness, completeness, keys, row and volume anomalies."""
