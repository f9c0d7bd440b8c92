"""What a source delivers: named datasets with a table, a key, a contract and a freshness policy."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import dataframely as dy


# Metadata of a contract's column that is never zero in every row of a delivery: a provider that
# drops such a figure often writes zeros. Rare counts may be declared too, chance is allowed for.
COUNTED: dict[str, Any] = {"counted": True}


def resolve(path: str) -> Any:
    """Import `package.module:attribute`; kept as text so that descriptors stay light."""
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute)


@dataclass(frozen=True)
class Freshness:
    """How old the last successful load may be; strictly greater counts as stale."""

    warn: timedelta
    error: timedelta


class Absence(Enum):
    """What it means that a delivery lacks a stored row which it covers."""

    # The provider withdrew the row: it is deleted.
    WITHDRAWN = "withdrawn"
    # Rows of an object (`object_keys`) that the delivery never mentions stay: providers leave
    # out what was deleted, and its past remains true. Other rows are withdrawn.
    OBJECT_GONE = "object gone"
    # The row stays and gets the time of its deletion.
    SOFT_DELETED = "soft-deleted"
    # Deliveries contain changes only: an absent row was not requested.
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Dataset:
    """One lake table fed by a source.

    `version` names a column that only grows with each change at the provider (`updated_at`): a
    row never replaces one with a higher version, however late it arrives. `daily` data grow
    every day, so a load that brings few new rows is suspicious; windows of loads may differ.
    `absence` is what a missing row means; with `Absence.OBJECT_GONE`, `object_keys` are the key
    columns that name the object. A delivery without a value in a column that stored rows fill
    is refused, unless the column is in `may_vanish`; of an older part than those stored only the
    columns in `always` are expected, where these are given. `title` and `weight` are the columns
    that name a row to people and say how much it counts: warnings show the weightiest rows.
    Columns that the contract declares as `COUNTED` are refused when a delivery has only zeros.
    """

    name: str
    table: str
    keys: tuple[str, ...]
    contract_path: str
    freshness: Freshness = field(default=Freshness(timedelta(days=7), timedelta(days=14)))
    minimum_rows: int = 1
    when_empty: str = "Is it the right address, and does the provider have any?"
    optional: bool = False
    version: str | None = None
    daily: bool = False
    absence: Absence = Absence.WITHDRAWN
    object_keys: tuple[str, ...] = ()
    may_vanish: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    title: str | None = None
    weight: str | None = None

    @property
    def contract(self) -> "type[dy.Schema]":
        return cast("type[dy.Schema]", resolve(self.contract_path))

    @property
    def counted(self) -> set[str]:
        """Columns that the contract declares as `COUNTED`."""
        columns = self.contract.columns().items()
        return {name for name, column in columns if (column.metadata or {}).get("counted")}
