"""The platform as code: work pools and the server's other objects besides prefect.yaml."""
