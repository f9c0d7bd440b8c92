"""What pages and MCP tools ask of the lake: functions of a reader, without a request."""
