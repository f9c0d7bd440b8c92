"""Seconds of each import of a valuation run, in the order of a run, in a fresh process."""

import json
from importlib import import_module
from time import perf_counter

GROUPS = {
    "prefect": ("prefect.flow_engine",),
    "flow, tasks and product": (
        "flows.analytics",
        "ff_analytics.domains.fantasy.products.valuation.product",
    ),
    "duckdb": ("duckdb",),
    "polars": ("polars",),
    "pyarrow": ("pyarrow", "pyarrow.dataset"),
    "dataframely": ("dataframely",),
    "stages": (
        "ff_analytics.engine.products.stages.ingest_check",
        "ff_analytics.domains.fantasy.sources.nflverse.contract",
    ),
    "formulas (scipy.special)": ("ff_analytics.domains.fantasy.products.valuation.compute",),
    "report (jinja2)": ("ff_analytics.domains.fantasy.products.valuation.report",),
    "dbt": ("dbt.cli.main", "dbt.adapters.duckdb.connections"),
}


def main() -> None:
    """Print {group: seconds}; what an earlier group has imported already costs nothing."""
    found = {}
    for group, modules in GROUPS.items():
        started = perf_counter()
        for module in modules:
            import_module(module)
        found[group] = perf_counter() - started
    print(json.dumps(found))


if __name__ == "__main__":
    main()
