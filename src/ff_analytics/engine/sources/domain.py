"""What a domain registers with the engine: mirrored tables, invented sample data, first steps.

A domain declares `DOMAIN = Domain(...)` in `domains/<domain>/domain.py`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache

from ff_analytics.engine.base import discovery
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings

PATTERN = "*/domain.py"


@dataclass(frozen=True)
class Domain:
    """A domain's declaration.

    `mirrored` tables follow `files` of the user (profiles, tenants) instead of a provider.
    `sample` names the source with invented rows: the first real load of one of its tables
    removes them, with what `histories` lists for these tables, and later sample loads are refused.
    Files of `run_folders` below the data folder only help to look back: housekeeping retires them.
    `measured` gives the measured error of a table's columns, one sentence by column.
    """

    name: str
    title: str
    mirrored: tuple[Dataset, ...] = ()
    files: str = "its files"
    sample: str | None = None
    histories: Callable[[Collection[str]], list[str]] | None = None
    run_folders: tuple[str, ...] = ()
    measured: Callable[[str], Mapping[str, str]] | None = None


@cache
def domains() -> tuple[Domain, ...]:
    """All declared domains, by name."""
    found = discovery.modules(PATTERN)
    return tuple(discovery.declared(found[name], name, "DOMAIN", Domain) for name in found)


def run_folders() -> list[str]:
    """Folders below the data folder whose old files housekeeping retires."""
    return [name for domain in domains() for name in domain.run_folders]


def switched_off(name: str, settings: Settings) -> bool:
    """Whether `FF_DOMAINS` names other domains only. Empty, it leaves all of them on.

    Raises `ConfigError` for a name that is no domain's.
    """
    chosen = [word.strip() for word in settings.domains.split(",") if word.strip()]
    known = [domain.name for domain in domains()]
    if wrong := [word for word in chosen if word not in known]:
        raise ConfigError(
            f"FF_DOMAINS names {', '.join(wrong)}. Domains: {', '.join(known)}. Correct it in .env."
        )
    return bool(chosen) and name in known and name not in chosen


def sample_domains() -> tuple[Domain, ...]:
    """Domains that bring invented sample data."""
    return tuple(domain for domain in domains() if domain.sample)


def invented(origin: str) -> bool:
    """True for the origin of invented rows: no provider could bring something newer."""
    return any(domain.sample == origin for domain in domains())
