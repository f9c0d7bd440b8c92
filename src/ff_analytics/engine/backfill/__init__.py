"""`ff backfill`: load or compute a past period, step by step, after a dry run."""
