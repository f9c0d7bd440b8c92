"""Stages of the flow `analytics`, one task each."""
