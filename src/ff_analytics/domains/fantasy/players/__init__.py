"""Player identity: names, ids and matching between providers."""
