"""Jira issues: client, fields, drafts, creation and the ledger."""
