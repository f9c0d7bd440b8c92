"""Projection models: fits, ladder, rookies, ranges and walk-forward evaluation."""
