"""The local web app: pages on the read layer, served on loopback behind the login of the API."""
