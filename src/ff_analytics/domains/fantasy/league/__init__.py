"""League profiles: roster slots, scoring, and the lake tables that mirror them."""
