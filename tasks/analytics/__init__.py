"""Stages of an analytics run, one task each."""
