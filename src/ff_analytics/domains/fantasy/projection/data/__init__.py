"""Projection data: the table of player seasons and the pool of comparable players."""
