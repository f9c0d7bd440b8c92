"""What `ff demo` shows: invented businesses on stand-ins of the providers, which tests use, too."""
