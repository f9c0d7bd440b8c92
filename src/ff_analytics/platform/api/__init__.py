"""The Prefect server's API: connections, self-hosted and Prefect Cloud."""
