"""What can be read from a contract besides its types."""
