"""`ff backfill`: load or compute a stretch of the past, step by step, after a look at it."""
