"""Domain-independent machinery: knows neither Prefect nor a field."""
