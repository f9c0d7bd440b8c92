"""Prefect blocks of this project."""
