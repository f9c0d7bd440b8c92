"""New products and sources, content profiles, the demo."""
