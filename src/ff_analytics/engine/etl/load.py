"""Staged parts into the lake: one transaction with the counts reconciled, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import BrokenInput, SourceError
from ff_analytics.engine.etl.columns.shape import ROW
from ff_analytics.engine.etl.fetch import Extraction
from ff_analytics.engine.etl.readers.transform import Staged
from ff_analytics.engine.etl.report import LoadCounts
from ff_analytics.engine.http.client import public
from ff_analytics.engine.ingest.guards.missing_columns import sentence, unlikely
from ff_analytics.engine.lake import ops

if TYPE_CHECKING:
    import duckdb

RECORD = "ops.etl_loads"
_COLUMNS = (
    "run_id VARCHAR, target VARCHAR, source VARCHAR, sha256 VARCHAR, mode VARCHAR, "
    "rows_read BIGINT, rows_new BIGINT, rows_updated BIGINT, rows_rejected BIGINT, "
    "loaded_at TIMESTAMPTZ"
)
# A load of any size shares the machine with other runs; what does not fit spills to disk.
MEMORY = "256MB"


@contextmanager
def _bounded(con: "duckdb.DuckDBPyConnection", spill: str) -> Iterator[None]:
    before = con.execute(
        "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
    ).fetchone()
    assert before is not None
    con.execute(f"SET memory_limit = '{MEMORY}'")
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET temp_directory = '" + spill.replace("'", "''") + "'")
    try:
        yield
    finally:
        con.execute("SET temp_directory = '" + str(before[1]).replace("'", "''") + "'")
        con.execute("RESET preserve_insertion_order")
        con.execute("RESET memory_limit")


def _count(con: "duckdb.DuckDBPyConnection", relation: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0


def _parts(staged: Staged) -> str:
    files = ", ".join("'" + str(part).replace("'", "''") + "'" for part in staged.parts)
    return f"read_parquet([{files}], union_by_name = true)"


def _already(con: "duckdb.DuckDBPyConnection", extraction: Extraction) -> bool:
    """True when these very bytes were appended to this table before."""
    found = con.execute(
        f"SELECT count(*) FROM {RECORD} WHERE target = ? AND sha256 = ? AND mode = 'append'",
        [extraction.config.target_table, extraction.sha256],
    ).fetchone()
    return bool(found and found[0])


def _append(
    con: "duckdb.DuckDBPyConnection", staged: Staged, target: str
) -> tuple[lake.MergeCounts, int]:
    have = [name for name in staged.shape.types if name in staged.seen]
    columns = ", ".join(lake.column(name) for name in have)
    con.execute(
        f"INSERT INTO {lake.quote(target)} ({columns}) SELECT {columns} FROM {_parts(staged)}"
    )
    return lake.MergeCounts(new=staged.good), 0


def _merge(
    con: "duckdb.DuckDBPyConnection", staged: Staged, target: str, keys: list[str]
) -> tuple[lake.MergeCounts, int]:
    """Merge by key; of a key that comes more than once the last row counts."""
    by = ", ".join(lake.column(key) for key in keys)
    last = (
        f"(SELECT * EXCLUDE ({ROW}) FROM {_parts(staged)} "
        f"QUALIFY row_number() OVER (PARTITION BY {by} ORDER BY {ROW} DESC) = 1)"
    )
    counts = lake.merge(con, last, staged.seen, target, keys)
    return counts, staged.good - sum(counts)


def _refuse_gone(
    con: "duckdb.DuckDBPyConnection", extraction: Extraction, staged: Staged, target: str
) -> None:
    """Raise `SourceError` for stored columns that have values and of which none was delivered."""
    config = extraction.config
    gone = sorted(staged.shape.stored - staged.seen - set(config.may_vanish))
    if not gone or not staged.good or config.force:
        return
    counts = ", ".join(f"count({lake.column(name)})" for name in gone)
    row = con.execute(f"SELECT count(*), {counts} FROM {lake.quote(target)}").fetchone()
    total, *filled = row or (0,)
    lost = [
        name
        for name, count in zip(gone, filled, strict=True)
        if count and unlikely(count / total, staged.good)
    ]
    if lost:
        remedy = (
            "Correct the source, give its new name in rename_columns, or name the column in "
            "may_vanish."
        )
        where = public(config.source_url)
        raise SourceError(sentence(target, where, lost, staged.shape.added, remedy))


def _reconcile(staged: Staged, counts: lake.MergeCounts, doubled: int, grown: int) -> None:
    accounted = sum(counts) + doubled + staged.rejected
    if accounted != staged.read or grown != counts.new:
        raise BrokenInput(
            f"The counts do not add up: {staged.read} rows read, {accounted} accounted for, table "
            f"grown by {grown} for {counts.new} new rows. Nothing was loaded; run again."
        )


def load(extraction: Extraction, staged: Staged, run_id: str, deployment: str | None) -> LoadCounts:
    """Write the staged rows; all of them with their record, or none.

    With keys the rows are merged (new, updated, unchanged, duplicates within the delivery);
    without, they are appended, unless this very delivery was appended before.
    """
    config = extraction.config
    target, spill = config.target_table, str(extraction.folder / "spill")
    mode = "merge" if config.key_columns else "append"

    def work(con: "duckdb.DuckDBPyConnection") -> LoadCounts:
        con.execute("CREATE SCHEMA IF NOT EXISTS ops")
        con.execute(f"CREATE TABLE IF NOT EXISTS {RECORD} ({_COLUMNS})")
        ops.ensure_tables(con)
        if mode == "append" and not config.force and _already(con, extraction):
            return LoadCounts(repeated=staged.good, total=_count(con, lake.quote(target)))
        if lake.table_exists(con, target):
            _refuse_gone(con, extraction, staged, target)
        kinds = {n: t for n, t in staged.shape.types.items() if n in staged.seen}
        lake.ensure_table(con, pl.DataFrame(schema=kinds), target)
        before = _count(con, lake.quote(target))
        with _bounded(con, spill):
            counts, doubled = (
                _merge(con, staged, target, config.key_columns)
                if mode == "merge"
                else _append(con, staged, target)
            )
        total = _count(con, lake.quote(target))
        _reconcile(staged, counts, doubled, total - before)
        if counts.changed:
            ops.bump_version(con, target)
        ops.append(
            con,
            RECORD,
            run_id=run_id,
            target=target,
            source=public(config.source_url),
            sha256=extraction.sha256,
            mode=mode,
            rows_read=staged.read,
            rows_new=counts.new,
            rows_updated=counts.updated,
            rows_rejected=staged.rejected,
            loaded_at=datetime.now(UTC),
        )
        return LoadCounts(
            new=counts.new,
            updated=counts.updated,
            unchanged=counts.unchanged,
            duplicates=doubled,
            total=total,
        )

    if not staged.parts:
        return LoadCounts()
    done = lake.commit(
        lake.Provenance(
            author="production-etl",
            message=f"{mode} into {target}: {staged.good} rows",
            run_id=run_id,
            deployment=deployment,
            details={"source": public(config.source_url), "rows": staged.read},
        ),
        work,
        settings=extraction.settings,
    )
    return done.value.model_copy(update={"snapshot": done.snapshot})
