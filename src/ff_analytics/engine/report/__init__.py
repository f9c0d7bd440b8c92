"""Self-contained HTML reports: page shell, chart helpers, and one module per product's content."""
