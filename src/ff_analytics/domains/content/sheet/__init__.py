"""The content plan's spreadsheet: Google access and cell parsing."""
