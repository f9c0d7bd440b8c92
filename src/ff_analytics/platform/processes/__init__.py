"""Processes of the platform on this machine: start, find and stop them."""
