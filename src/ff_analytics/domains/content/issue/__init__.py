"""Issue drafts: a plan row in the fields of a Jira issue."""
