"""Product `weekly-projections`: points of the coming week."""
