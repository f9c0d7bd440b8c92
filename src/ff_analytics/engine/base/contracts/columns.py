"""What the columns of a contract mean: description and unit, as they stand on the column.

The contract is the only place that says it. Reports, the dictionary of the app and the dbt files
(`ff dbt sync`) take it from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ff_analytics.engine.base.dataset import resolve

if TYPE_CHECKING:
    import dataframely as dy


@dataclass(frozen=True)
class ColumnWords:
    """Description and unit of a column; empty where the contract says nothing."""

    text: str = ""
    unit: str = ""

    @property
    def help(self) -> str:
        """Both in one line, for a tooltip."""
        return f"{self.text.rstrip('.')} ({self.unit})" if self.unit else self.text


def words_of(contract: "type[dy.Schema]") -> dict[str, ColumnWords]:
    """Description and unit by column, in the order of the contract."""
    found = {}
    for name, column in contract.columns().items():
        known: Mapping[str, Any] = column.metadata or {}
        found[name] = ColumnWords(_one_line(column.description), _one_line(known.get("unit")))
    return found


@cache
def words_at(contract_path: str) -> dict[str, ColumnWords]:
    """The same of `package.module:Contract`, imported only when the words are asked for."""
    return words_of(resolve(contract_path))


def _one_line(text: object) -> str:
    return " ".join(str(text or "").split())
