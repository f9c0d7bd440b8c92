"""How access is granted: OAuth tokens, rotating ones, and the login in a browser."""
