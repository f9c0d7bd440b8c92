"""Files that people keep themselves: their CSV, and how they write numbers and dates."""
