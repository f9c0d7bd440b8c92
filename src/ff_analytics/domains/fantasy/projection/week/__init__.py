"""Points of one coming week: features known before its games, and a model per position."""
