"""Weekly points: actual and projected."""
