"""Thin Prefect tasks, one file per stage: retries, logs, artifacts, then one call into src."""
