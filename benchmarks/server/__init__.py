"""The Prefect server under load."""
