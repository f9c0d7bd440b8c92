"""Cells of spreadsheets and CSV files: numbers and dates that have one reading, or none."""
