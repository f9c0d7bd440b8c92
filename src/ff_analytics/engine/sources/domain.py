"""What a domain registers with the engine: mirrored tables, invented sample data, first steps.

A domain declares `DOMAIN = Domain(...)` in `domains/<domain>/domain.py`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache

from ff_analytics.engine.base import discovery
from ff_analytics.engine.base.dataset import Dataset

PATTERN = "*/domain.py"


@dataclass(frozen=True)
class Domain:
    """A domain's declaration.

    `mirrored` tables follow files of the user (profiles, tenants) instead of a provider.
    `sample` names the source with invented rows: the first real load of one of its tables
    removes them, with what `histories` lists for these tables, and later sample loads are refused.
    `measured` gives the measured error of a table's columns, one sentence by column.
    """

    name: str
    title: str
    mirrored: tuple[Dataset, ...] = ()
    sample: str | None = None
    histories: Callable[[Collection[str]], list[str]] | None = None
    measured: Callable[[str], Mapping[str, str]] | None = None


@cache
def domains() -> tuple[Domain, ...]:
    """All declared domains, by name."""
    found = discovery.modules(PATTERN)
    return tuple(discovery.declared(found[name], name, "DOMAIN", Domain) for name in found)


def sample_domains() -> tuple[Domain, ...]:
    """Domains that bring invented sample data."""
    return tuple(domain for domain in domains() if domain.sample)


def invented(origin: str) -> bool:
    """True for the origin of invented rows: no provider could bring something newer."""
    return any(domain.sample == origin for domain in domains())
