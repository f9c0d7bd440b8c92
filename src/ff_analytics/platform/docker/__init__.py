"""The container image: its Dockerfile, its lock, and a rehearsal of its build without Docker."""
