"""One package per field. A domain uses the engine and never another domain."""
