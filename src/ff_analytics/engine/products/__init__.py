"""Analytics products: declaration, registry, run and published outputs."""
