"""Where each part of a source stands, as stored in the lake by the commit that loaded it."""

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import LakeMissing
from ff_analytics.engine.http.traffic import Cursor
from ff_analytics.engine.sources.source import Source

if TYPE_CHECKING:
    import duckdb

    from ff_analytics.engine.base.dataset import Dataset
    from ff_analytics.engine.base.settings import Settings


def contract_mark(dataset: "Dataset") -> str:
    """Short hash of the contract's columns: a new column makes unchanged files load again."""
    columns = [(name, str(kind)) for name, kind in dataset.contract.create_empty().schema.items()]
    return hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:12]


def stored(con: "duckdb.DuckDBPyConnection", source: str, dataset: str, part: str) -> Cursor | None:
    """Cursor of one part, inside a transaction."""
    row = con.execute(
        "SELECT cursor FROM ops.cursors WHERE source = ? AND dataset = ? AND part = ?",
        [source, dataset, part],
    ).fetchone()
    return json.loads(row[0]) if row else None


@dataclass(frozen=True)
class Cursors:
    """Cursors by (dataset, part): those under the present contract, and the others."""

    current: dict[tuple[str, str], Cursor]
    outdated: dict[tuple[str, str], Cursor]


def load(source: Source, settings: "Settings") -> Cursors:
    """All cursors of the source; one of an older contract does not count as loaded."""
    marks = {dataset.name: contract_mark(dataset) for dataset in source.datasets}
    found = Cursors({}, {})
    try:
        with lake.connect(settings=settings) as con:
            if not lake.table_exists(con, "ops.cursors"):
                return found
            rows = con.execute(
                "SELECT dataset, part, cursor FROM ops.cursors WHERE source = ?", [source.name]
            ).fetchall()
    except LakeMissing:
        return found
    for dataset, part, text in rows:
        cursor = json.loads(text)
        same = cursor.get("contract") == marks.get(dataset)
        (found.current if same else found.outdated)[dataset, part] = cursor
    return found
