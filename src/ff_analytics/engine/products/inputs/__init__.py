"""What a product's inputs are made of: loaded at all, and by whom."""
