"""The only door to the lakehouse: DuckLake tables over Parquet, shared by many processes.

Read with `read()` or `connect()`, pinned to one snapshot when reproducibility matters;
write with `commit()`, which takes the writer lock, retries conflicts and records provenance.
"""

from ff_analytics.engine.lake.attach.catalog import column, quote
from ff_analytics.engine.lake.attach.connection import connect, read, table_columns, table_exists
from ff_analytics.engine.lake.history import (
    CLOCK_TOLERANCE,
    ahead_of_clock,
    committed_at,
    current_snapshot,
    snapshot_at,
    snapshot_date_of,
    snapshot_of,
    snapshots,
)
from ff_analytics.engine.lake.upsert import MergeCounts, ensure_table, merge, upsert
from ff_analytics.engine.lake.writer import Committed, Provenance, commit, exclusive, rehearse

__all__ = [
    "CLOCK_TOLERANCE",
    "Committed",
    "MergeCounts",
    "Provenance",
    "ahead_of_clock",
    "column",
    "commit",
    "committed_at",
    "connect",
    "current_snapshot",
    "ensure_table",
    "exclusive",
    "merge",
    "quote",
    "read",
    "rehearse",
    "snapshot_at",
    "snapshot_date_of",
    "snapshot_of",
    "snapshots",
    "table_columns",
    "table_exists",
    "upsert",
]
