"""HTTP clients for providers: requests, downloads, paging, authentication."""
