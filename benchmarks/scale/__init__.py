"""Growing numbers of rows."""
