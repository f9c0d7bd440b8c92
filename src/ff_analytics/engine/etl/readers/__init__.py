"""Readers of delivered files: JSON, NDJSON, CSV, Excel and Parquet into typed rows."""
