"""The published HTML reports as files: which there are, the index, and how long they are kept."""
