"""What a delivery must not do to stored rows without a word: lose a column, hide rows."""
