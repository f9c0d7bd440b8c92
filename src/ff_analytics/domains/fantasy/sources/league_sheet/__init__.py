"""Sheets of a league, read with the row, field and reason of everything that is wrong."""
