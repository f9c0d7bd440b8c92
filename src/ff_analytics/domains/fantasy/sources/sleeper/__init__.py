"""The documented, read-only API of Sleeper (docs.sleeper.com), and what a league there means."""
