"""Sources: definition and discovery."""
