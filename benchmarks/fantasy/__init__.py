"""Formulas of fantasy football."""
