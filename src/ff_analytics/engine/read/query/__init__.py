"""Run SQL of a person: checked, locked in, bounded."""
