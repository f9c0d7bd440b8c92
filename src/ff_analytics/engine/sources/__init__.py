"""What a source is, and how sources are found."""
