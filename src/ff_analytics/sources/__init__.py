"""Sources, one module each, discovered from this folder; `_names` are their helpers."""

import pkgutil
from functools import cache
from importlib import import_module

from ff_analytics.dataset import Dataset
from ff_analytics.errors import ConfigError
from ff_analytics.source import Source


def names() -> list[str]:
    """Kebab-case names of all sources."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name.replace("_", "-") for name in modules if not name.startswith("_"))


@cache
def load(name: str) -> Source:
    """The source called `name`; `ConfigError` lists those that exist."""
    if name not in names():
        raise ConfigError(
            f"There is no source {name!r}. Sources: {', '.join(names())}. "
            "docs/how-to.md shows how to add one."
        )
    source: Source = import_module(f"{__name__}.{name.replace('-', '_')}").SOURCE
    return source


def by_table() -> dict[str, tuple[Dataset, str]]:
    """Dataset and source by lake table; of sources that share a table, the first counts."""
    found: dict[str, tuple[Dataset, str]] = {}
    for name in names():
        for dataset in load(name).datasets:
            found.setdefault(dataset.table, (dataset, name))
    return found
