"""Columns of a load: what their values are, which type holds them all, exact conversions."""
