"""What `deployments/*.yaml` declares, and how the server differs from it."""
