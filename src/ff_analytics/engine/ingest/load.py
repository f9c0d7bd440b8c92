"""Merge landed rows, cursor and run record in one lake transaction: all of it or nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.dataset import Absence
from ff_analytics.engine.base.errors import ContractViolation
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.http.traffic import Cursor
from ff_analytics.engine.ingest import cursors, sample, tables
from ff_analytics.engine.ingest.guards import missing_columns
from ff_analytics.engine.ingest.land import NAMELESS_SHARE, REJECT_SHARE, Landed
from ff_analytics.engine.ingest.record import count_scope, record, scope_sql, unchanged_result
from ff_analytics.engine.ingest.summary import PartResult
from ff_analytics.engine.lake import ops
from ff_analytics.engine.sources.source import Batch, FetchContext

if TYPE_CHECKING:
    import duckdb

# A season file is the full truth of its season, so rows gone from it were restated away. Few
# ever are (vintages years apart differ in tens of rows); a file that lacks more than this
# share of what is stored is a broken delivery, and its gaps delete nothing.
DELETE_SHARE = 0.2
TOMBSTONE = "_deleted_at"


def _same(columns: Iterable[str]) -> str:
    return " AND ".join(f"t.{lake.quote(name)} = d.{lake.quote(name)}" for name in columns)


def _keep_gone_objects(
    con: "duckdb.DuckDBPyConnection",
    batch: Batch,
    where: str,
    values: list[Any],
    context: FetchContext,
) -> str:
    """Condition that leaves out rows of objects that the delivery never mentions; noted."""
    objects = batch.dataset.object_keys
    unmentioned = f"NOT EXISTS (FROM delivered d WHERE {_same(objects)})"
    names = ", ".join(lake.quote(name) for name in objects)
    row = con.execute(
        f"SELECT count(*), count(DISTINCT ({names})), min({lake.quote(objects[-1])}) "
        f"FROM {lake.quote(batch.dataset.table)} t WHERE {where} AND {unmentioned}",
        values,
    ).fetchone()
    if row and row[0]:
        note = (
            f"{batch.label}: {row[0]} stored rows of {row[1]} objects that the provider no longer "
            f"mentions (such as {objects[-1]} {row[2]}) were kept: an object that was deleted "
            "keeps its past"
        )
        if note not in context.notes:
            context.notes.append(note)
    return f"{where} AND NOT ({unmentioned})"


def _remove_missing(
    con: "duckdb.DuckDBPyConnection", landed: Landed, stored: int, context: FetchContext
) -> tuple[int, str | None]:
    """Remove the scope's rows whose keys were not delivered; (removed, warning).

    What a missing row means is the dataset's `absence`. A key whose new row was rejected counts
    as delivered: its last good row stays.
    """
    batch, keys = landed.batch, list(landed.batch.dataset.keys)
    if batch.scope is None or not stored or batch.dataset.absence is Absence.NOT_ASKED:
        return 0, None
    delivered = pl.concat([landed.frame.select(keys), landed.rejected_keys])
    where, values = scope_sql(batch)
    target = lake.quote(batch.dataset.table)
    con.register("delivered", delivered.to_arrow())
    try:
        if batch.soft_deletes:
            where += f" AND t.{TOMBSTONE} IS NULL"
        elif batch.dataset.absence is Absence.OBJECT_GONE:
            where = _keep_gone_objects(con, batch, where, values, context)
        lost = f"{where} AND NOT EXISTS (FROM delivered d WHERE {_same(keys)})"
        row = con.execute(f"SELECT count(*) FROM {target} t WHERE {lost}", values).fetchone()
        missing = int(row[0]) if row else 0
        if missing and _nameless(landed, missing):
            return 0, _unnamed(landed, missing)
        if missing and (batch.accept_loss or missing <= DELETE_SHARE * stored):
            if batch.soft_deletes:
                con.execute(f"UPDATE {target} t SET {TOMBSTONE} = now() WHERE {lost}", values)
            else:
                con.execute(f"DELETE FROM {target} t WHERE {lost}", values)
            return missing, None
    finally:
        con.unregister("delivered")
    if not missing:
        return 0, None
    return 0, (
        f"{batch.label}: {missing} of {stored} stored rows ({missing / stored:.0%}) are not in "
        f"the new file and were kept (deleted up to {DELETE_SHARE:.0%}). If the smaller file is "
        "right, run again with force."
    )


def _nameless(landed: Landed, missing: int) -> bool:
    """True when rows without an id may be the stored rows that are missing.

    Raises `ContractViolation` when they are too many.
    """
    batch = landed.batch
    if batch.accept_loss or landed.nameless <= NAMELESS_SHARE * batch.rows_fetched:
        return False
    if landed.nameless > REJECT_SHARE * batch.rows_fetched:
        raise ContractViolation(
            f"{batch.label} from {batch.url}: {landed.nameless:,} of {batch.rows_fetched:,} rows "
            f"have no {batch.identity} (at most {REJECT_SHARE:.0%} may), and {missing:,} stored "
            "rows are not in the file. Nothing of it was loaded; tell the provider, or run again "
            f"with force to delete them. The rows are in {landed.quarantine}."
        )
    return True


def _unnamed(landed: Landed, missing: int) -> str:
    return (
        f"{landed.batch.label}: {missing:,} stored rows are not in the new file, which has "
        f"{landed.nameless:,} rows without {landed.batch.identity}; they were kept. If they are "
        "gone for good, run again with force."
    )


def _soft_delete(con: "duckdb.DuckDBPyConnection", batch: Batch) -> int:
    """Mark the rows that the provider says it deleted; those already marked keep their date."""
    if batch.deleted is None or batch.deleted.is_empty():
        return 0
    con.register("tombstones", batch.deleted.to_arrow())
    try:
        row = con.execute(
            f"UPDATE {lake.quote(batch.dataset.table)} t SET {TOMBSTONE} = d.{TOMBSTONE} "
            f"FROM tombstones d WHERE {_same(batch.dataset.keys)} AND t.{TOMBSTONE} IS NULL"
        ).fetchone()
        return int(row[0]) if row else 0
    finally:
        con.unregister("tombstones")


def _is_older(ours: Cursor, theirs: Cursor) -> bool:
    """True when the provider's own date, or else the time of asking, says so."""
    try:
        mine: datetime = parsedate_to_datetime(str(ours["last_modified"]))
        other: datetime = parsedate_to_datetime(str(theirs["last_modified"]))
    except (KeyError, ValueError):
        return str(ours.get("asked_at", "")) < str(theirs.get("asked_at", "")) and (
            theirs.get("since", "") <= ours.get("since", "")
            and ours.get("until", "") <= theirs.get("until", "")
        )
    return mine < other


def _overtaken(con: "duckdb.DuckDBPyConnection", batch: Batch, context: FetchContext) -> bool:
    """True when another run loaded a newer version of the part after we asked for ours."""
    now = cursors.stored(con, context.source.name, batch.dataset.name, batch.part)
    return now is not None and now != batch.cursor_before and _is_older(batch.cursor, now)


def _merge(con: "duckdb.DuckDBPyConnection", landed: Landed, context: FetchContext) -> PartResult:
    batch, dataset = landed.batch, landed.batch.dataset
    tables.ensure_all(con)
    # Inside the transaction, so that no other run can slip rows of the other kind in between.
    if replaced := sample.give_way(con, dataset.table, batch.origin):
        context.warnings.append(f"sample rows were replaced in {', '.join(replaced)}")
    if _overtaken(con, batch, context):
        late = f"{batch.label}: another run loaded a newer version meanwhile; this one was dropped"
        return unchanged_result(con, batch, [late])
    if not context.force:
        missing_columns.check(con, landed)
    stored = count_scope(con, batch)
    counts = lake.upsert(con, landed.frame, dataset.table, dataset.keys, version=dataset.version)
    # First what the provider dates itself: it then neither gets today's date nor counts as loss.
    tombstones = _soft_delete(con, batch)
    missing, kept = _remove_missing(con, landed, stored, context)
    deleted = tombstones + missing
    if counts.changed or deleted:
        ops.bump_version(con, dataset.table)
    warnings = (*landed.warnings, kept) if kept else landed.warnings
    # The warning stays with the cursor: the checks that follow repeat it until it is fixed. And
    # a source that asks for changes asks again for what could not be loaded.
    after = {**batch.cursor, "warnings": [kept] if kept else [], "broken": landed.broken}
    result = PartResult(
        dataset=dataset.name,
        part=batch.part,
        table=dataset.table,
        url=batch.url,
        rows_fetched=batch.rows_fetched,
        rows_new=counts.new,
        rows_updated=counts.updated,
        rows_unchanged=counts.unchanged,
        rows_rejected=landed.rows_rejected,
        rows_deleted=deleted,
        total_rows=count_scope(con, batch),
        rejected_because=dict(landed.rejected_because),
        quarantine=str(landed.quarantine) if landed.quarantine else None,
        cursor_before=batch.cursor_before,
        cursor_after=after,
        schema_changes=batch.schema_changes,
        warnings=warnings,
    )
    record(con, batch, context, result)
    return result


def _provenance(context: FetchContext, message: str, **details: Any) -> lake.Provenance:
    return lake.Provenance(
        author=f"ingest/{context.source.name}",
        message=message,
        run_id=context.run_id,
        deployment=context.deployment,
        details={"source": context.source.name, **details},
    )


def upsert(landed: Landed, context: FetchContext) -> PartResult:
    """Merge one landed batch by its keys and return the counts.

    The same transaction creates missing raw tables, removes sample rows before the first real
    ones, deletes rows that a full delivery no longer has (up to `DELETE_SHARE`), raises the
    table's version if anything changed, and writes cursor and run record.
    Raises `ConfigError` for sample rows over real ones, `LakeBusy` when the lake stays locked.
    """
    batch = landed.batch
    fault_point("ingest.before-upsert")
    provenance = _provenance(
        context,
        f"merge {batch.label}",
        dataset=batch.dataset.name,
        part=batch.part,
        url=batch.url,
        rows=landed.frame.height,
    )
    done = lake.commit(
        provenance, lambda con: _merge(con, landed, context), settings=context.settings
    )
    fault_point("ingest.after-upsert")
    return done.value.model_copy(update={"snapshot": done.snapshot})


def preview(landed: Landed, context: FetchContext) -> PartResult:
    """The counts that `upsert` would return, without storing anything."""
    author = f"preview of ingest/{context.source.name}"
    return lake.rehearse(
        author, lambda con: _merge(con, landed, context), settings=context.settings
    )


def record_checks(batches: Sequence[Batch], context: FetchContext) -> list[PartResult]:
    """Record, in one commit, parts that the provider has not changed: freshness is by check."""

    def work(con: "duckdb.DuckDBPyConnection") -> list[PartResult]:
        tables.ensure_all(con)
        results = []
        for batch in batches:
            notes: Iterable[str] = batch.cursor.get("warnings", [])
            result = unchanged_result(con, batch, [*batch.warnings, *notes])
            record(con, batch, context, result)
            results.append(result)
        return results

    if not batches:
        return []
    provenance = _provenance(context, f"check {len(batches)} parts", parts=len(batches))
    done = lake.commit(provenance, work, settings=context.settings)
    return [result.model_copy(update={"snapshot": done.snapshot}) for result in done.value]
