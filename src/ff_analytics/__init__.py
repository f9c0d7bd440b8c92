"""Everything that computes: lake, contracts, sources, products. Never imports Prefect."""

__version__ = "0.1.0"
