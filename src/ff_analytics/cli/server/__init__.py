"""The Prefect server, its workers and its alerts."""
