"""What the lake remembers of a load: rows in scope, cursor, run record."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ff_analytics.engine import lake
from ff_analytics.engine.ingest.summary import PartResult
from ff_analytics.engine.lake import ops
from ff_analytics.engine.sources.source import Batch, FetchContext

if TYPE_CHECKING:
    import duckdb


def scope_sql(batch: Batch) -> tuple[str, list[Any]]:
    """Condition and values for the stored rows that the batch is the full truth of."""
    conditions, values = [], list[Any]()
    for column, value in (batch.scope or {}).items():
        ranged = isinstance(value, tuple)
        conditions.append(f"t.{lake.column(column)} {'BETWEEN ? AND ?' if ranged else '= ?'}")
        values += value if isinstance(value, tuple) else [value]
    return " AND ".join(conditions) or "TRUE", values


def count_scope(con: "duckdb.DuckDBPyConnection", batch: Batch) -> int:
    """Rows now stored in the batch's scope."""
    where, values = scope_sql(batch)
    table = lake.quote(batch.dataset.table)
    row = con.execute(f"SELECT count(*) FROM {table} t WHERE {where}", values).fetchone()
    return int(row[0]) if row else 0


def record(
    con: "duckdb.DuckDBPyConnection", batch: Batch, context: FetchContext, result: PartResult
) -> None:
    """Write the part's cursor and its line in `ops.ingest_runs`."""
    now = datetime.now(UTC)
    key = {
        "source": context.source.name,
        "dataset": batch.dataset.name,
        "part": batch.part,
    }
    cursor = json.dumps(result.cursor_after)
    loaded_at = now
    if result.not_modified:
        row = con.execute(
            "SELECT max(loaded_at) FROM ops.cursors WHERE source = ? AND dataset = ? AND part = ?",
            list(key.values()),
        ).fetchone()
        loaded_at = row[0] if row and row[0] else now
    ops.replace(con, "ops.cursors", key, cursor=cursor, checked_at=now, loaded_at=loaded_at)
    ops.append(
        con,
        "ops.ingest_runs",
        run_id=context.run_id,
        **key,
        table_name=batch.dataset.table,
        origin=batch.origin,
        started_at=context.started_at,
        finished_at=now,
        **{
            name: getattr(result, name)
            for name in (
                "rows_fetched",
                "rows_new",
                "rows_updated",
                "rows_unchanged",
                "rows_rejected",
                "rows_deleted",
                "total_rows",
            )
        },
        cursor=cursor,
        warnings=json.dumps(result.warnings),
    )


def unchanged_result(
    con: "duckdb.DuckDBPyConnection", batch: Batch, warnings: list[str]
) -> PartResult:
    """The result of a part whose stored rows stay as they are."""
    total = count_scope(con, batch)
    return PartResult(
        dataset=batch.dataset.name,
        part=batch.part,
        table=batch.dataset.table,
        url=batch.url,
        rows_unchanged=total,
        total_rows=total,
        not_modified=True,
        cursor_before=batch.cursor_before,
        cursor_after=batch.cursor,
        warnings=tuple(warnings),
    )
