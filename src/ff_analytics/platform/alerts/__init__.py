"""Alert delivery: the Discord block, notifiers and the end-to-end test."""
