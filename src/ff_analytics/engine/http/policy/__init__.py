"""What may be read: addresses, local files and the reach of a source's answers."""
