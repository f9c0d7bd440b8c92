"""The machine that the numbers are from, without its name or any path."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("prefect", "duckdb", "polars", "dbt-core", "dbt-duckdb", "pydantic", "dataframely")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), "?")


def describe() -> dict[str, str]:
    """Cores, memory, processor, Python and the versions that matter."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def load() -> float:
    """Load average of the last minute: above the number of cores, times are not comparable."""
    return os.getloadavg()[0]
