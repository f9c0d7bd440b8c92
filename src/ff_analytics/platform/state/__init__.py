"""Repository against server: show differences (`plan`), correct (`apply`), remove (`prune`)."""
