"""The platform as code: work pools and what else the server must have beside prefect.yaml."""
