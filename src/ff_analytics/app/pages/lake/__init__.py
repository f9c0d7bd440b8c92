"""Pages about the lake itself."""
