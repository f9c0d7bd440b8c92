"""Sources, found in the domains as `<source>/source.py` or `<provider>/<part>_source.py`."""

from functools import cache

from ff_analytics.engine.base import discovery
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.secret_shapes import refuse_names
from ff_analytics.engine.sources.source import Source

PATTERNS = ("*/**/source.py", "*/**/*_source.py")


def names() -> list[str]:
    """Kebab-case names of all sources."""
    return list(discovery.modules(*PATTERNS))


def domain_of(name: str) -> str:
    """The domain of the one called `name`."""
    return discovery.domain_of(discovery.modules(*PATTERNS)[name])


@cache
def load(name: str) -> Source:
    """The source called `name`.

    Raises `ConfigError` for an unknown name, listing those that exist, and for a module that
    cannot be imported, naming file and line.
    """
    if name not in names():
        raise ConfigError(
            f"There is no source {name!r}. Sources: {', '.join(names())}. "
            "docs/how-to.md shows how to add one."
        )
    source = discovery.declared(discovery.modules(*PATTERNS)[name], name, "SOURCE", Source)
    refuse_names(source.options.model_fields, f"ingest/{name}")
    return source


def loadable() -> list[Source]:
    """All sources except those with a broken module; `broken` has the reasons."""
    return discovery.loadable(names(), load)


def broken() -> dict[str, str]:
    """Reason by source of those that cannot be loaded."""
    return discovery.broken(names(), load)


def by_table() -> dict[str, tuple[Dataset, str]]:
    """Dataset and source by lake table; of sources that share a table, the first counts."""
    found: dict[str, tuple[Dataset, str]] = {}
    for source in loadable():
        for dataset in source.datasets:
            found.setdefault(dataset.table, (dataset, source.name))
    return found
