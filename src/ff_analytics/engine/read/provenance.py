"""What stands beside a result: snapshot, age and run of its tables, meaning of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ff_analytics.engine.read.dictionary import ColumnText, TableText, dictionary
from ff_analytics.engine.read.tables import TableFacts, facts
from ff_analytics.engine.sources.domain import domains

if TYPE_CHECKING:
    from ff_analytics.engine.read.reader import Reader


@dataclass(frozen=True)
class Column:
    """One column of a result: what its table says of it, and its measured error if there is one."""

    name: str
    text: str = ""
    unit: str = ""
    measured: str = ""


@dataclass(frozen=True)
class Provenance:
    """Snapshot, tables and columns behind a result."""

    snapshot: int
    committed_at: datetime
    tables: tuple[TableFacts, ...] = ()
    columns: tuple[Column, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "snapshot": self.snapshot,
            "committed_at": self.committed_at.isoformat(),
            "tables": [
                {
                    "table": f.table,
                    "loaded_at": f.loaded_at.isoformat() if f.loaded_at else None,
                    "state": str(f.state),
                    "policy": f.policy or None,
                    "what_to_do": f.what_to_do or None,
                    "run_id": f.run_id or None,
                    "origin": f.origin or None,
                    "rows": f.rows,
                }
                for f in self.tables
            ],
            "columns": [
                {"name": c.name, "text": c.text, "unit": c.unit, "measured_error": c.measured}
                for c in self.columns
            ],
        }


def measured_errors(table: str) -> dict[str, str]:
    """Measured error by column, as the domains know it; empty for what was never measured."""
    found: dict[str, str] = {}
    for domain in domains():
        found |= domain.measured(table) if domain.measured else {}
    return found


def _column(name: str, tables: Sequence[str], texts: dict[str, TableText]) -> Column:
    """The first of the tables that has the column explains it."""
    for table in tables:
        known: ColumnText | None = texts.get(table, TableText()).columns.get(name)
        if known is not None:
            measured = measured_errors(table).get(name, "")
            return Column(name, known.text, known.unit, measured)
    return Column(name)


def provenance(reader: "Reader", tables: Sequence[str], columns: Sequence[str]) -> Provenance:
    """Of a result with these columns that was made of these tables."""
    texts = dictionary(reader.settings)
    known = {f.table: f for f in facts(reader)}
    return Provenance(
        reader.snapshot,
        reader.committed_at,
        tuple(known[t] for t in tables if t in known),
        tuple(_column(name, tables, texts) for name in columns),
    )
