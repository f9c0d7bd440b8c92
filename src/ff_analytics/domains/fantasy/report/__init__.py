"""Report helpers that only fantasy products use."""
