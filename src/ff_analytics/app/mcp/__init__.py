"""The lake for AI assistants: an MCP server on the read layer, over stdio or HTTP on loopback."""
