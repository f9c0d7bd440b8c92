"""Lake tables that mirror `tenants/*.yaml`."""
