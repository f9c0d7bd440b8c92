"""Foundations that every other package may use: errors, settings, files, retries."""
