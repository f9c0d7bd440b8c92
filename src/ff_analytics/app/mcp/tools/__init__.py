"""The server's tools by subject; each module's `tools` gives functions of one `Access`."""
