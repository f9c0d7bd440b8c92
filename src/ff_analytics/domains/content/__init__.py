"""Content plans from Google Sheets into Jira issues, each row once."""
