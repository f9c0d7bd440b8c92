"""Repo against server: what differs (`plan`), made equal (`apply`), left-overs gone (`prune`)."""
