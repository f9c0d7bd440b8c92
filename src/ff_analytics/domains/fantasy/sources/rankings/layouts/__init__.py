"""How each provider lays out a list, and what of it is read."""
