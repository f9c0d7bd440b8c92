"""What a source delivers: named datasets with a table, a key, a contract and a freshness policy."""

from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import dataframely as dy


def resolve(path: str) -> Any:
    """Import `package.module:attribute`; kept as text so that descriptors stay light."""
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute)


@dataclass(frozen=True)
class Freshness:
    """How old the last successful load may be; strictly greater counts as stale."""

    warn: timedelta
    error: timedelta


@dataclass(frozen=True)
class Dataset:
    """One lake table fed by a source.

    `version` names a column that only grows with each change at the provider (`updated_at`): a
    row never replaces one with a higher version, however late it arrives. `daily` data grow
    every day, so a load that brings few new rows is suspicious; windows of loads may differ.
    """

    name: str
    table: str
    keys: tuple[str, ...]
    contract_path: str
    freshness: Freshness = field(default=Freshness(timedelta(days=7), timedelta(days=14)))
    minimum_rows: int = 1
    optional: bool = False
    version: str | None = None
    daily: bool = False

    @property
    def contract(self) -> "type[dy.Schema]":
        return cast("type[dy.Schema]", resolve(self.contract_path))
