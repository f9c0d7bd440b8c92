"""load-mart: bring the marts up to date, then read what is needed at one snapshot."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import duckdb
import polars as pl

from ff_analytics.engine import dbt, lake
from ff_analytics.engine.base.errors import BrokenInput, LakeMissing
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.ingest import tables
from ff_analytics.engine.lake import ops
from ff_analytics.engine.lake.attach.classify import gave_up, is_transient, is_unreadable
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.inputs.unused import what_brings
from ff_analytics.engine.products.official.renamed import former_names
from ff_analytics.engine.products.product import MartInput
from ff_analytics.engine.products.published import run_first
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.products.run_report import StageName
from ff_analytics.engine.sources.loading_deployments import how_to_load


@dataclass(frozen=True)
class Loaded:
    """Frames by mart name, all of one snapshot."""

    snapshot: int
    committed_at: datetime
    frames: Mapping[str, pl.DataFrame] = field(repr=False)
    rebuilt: bool


def fingerprints(run: Run, con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """dbt model -> hash of what it is made of: its inputs' versions and the project's SQL.

    One hash per mart, so that two products with the same mart do not rebuild it in turn.
    Raw tables among the product's inputs have no model, and marts of other products are
    built by the runs of those alone.
    """
    versions = ops.versions(con)
    sql = dbt.models_fingerprint(run.settings)
    found = {}
    for source in run.product.inputs_for(run.params):
        schema, _, model = source.mart.partition(".")
        if not schema.startswith("raw_") and not source.of_product:
            parts = [f"{table}={versions.get(table, 0)}" for table in sorted(source.upstream)]
            found[model] = hashlib.sha256("\n".join([*parts, sql]).encode()).hexdigest()[:16]
    return found


def stale_marts(run: Run, *, force: bool = False) -> dict[str, str]:
    """Fingerprint by model of the marts to rebuild; a dropped one is stale too."""
    with lake.connect(settings=run.settings) as con:
        con.execute("BEGIN")
        wanted = fingerprints(run, con)
        built = ops.built_with(con)
        there = {
            s.mart.partition(".")[2]
            for s in run.product.inputs_for(run.params)
            if lake.table_exists(con, s.mart)
        }
        con.execute("COMMIT")
    return {
        model: made_of
        for model, made_of in wanted.items()
        if force or built.get(model) != made_of or model not in there
    }


def _complete_tables(run: Run) -> None:
    """Add tables and columns that came with a newer release, which the models read."""
    with lake.connect(settings=run.settings) as con:
        if not tables.outdated(con):
            return
    who = lake.Provenance(
        author=run.author,
        run_id=run.run_id,
        deployment=run.deployment,
        message="tables and columns of a newer release",
    )
    lake.commit(who, tables.ensure_all, settings=run.settings)


def refresh_marts(run: Run, *, force: bool = False) -> bool:
    """Rebuild the product's marts if an input or a model changed; True when it did."""
    if run.product.prepare:
        run.product.prepare(run.settings)
    stale = stale_marts(run, force=force)
    if not stale:
        return False
    _complete_tables(run)
    select = " ".join(f"+{model}" for model in stale)
    result = dbt.build(select, holder=run.author, run_id=run.run_id, settings=run.settings)
    run.warnings += result.warnings

    def note(con: duckdb.DuckDBPyConnection) -> None:
        ops.ensure_tables(con)
        for model, made_of in stale.items():
            ops.replace(
                con,
                "ops.mart_builds",
                {"model": model},
                fingerprint=made_of,
                built_at=datetime.now(UTC),
            )

    who = lake.Provenance(
        author=run.author,
        run_id=run.run_id,
        deployment=run.deployment,
        message=f"marts built: {', '.join(stale)}",
    )
    lake.commit(who, note, settings=run.settings)
    return True


def past_snapshot(run: Run) -> int | None:
    """The snapshot that `as_of` means; None for a run on the present."""
    as_of = run.params.as_of
    if as_of is None:
        return None
    if isinstance(as_of, date):
        return lake.snapshot_at(as_of, run.params.timezone, run.settings)
    lake.snapshot_date_of(as_of, run.params.timezone, run.settings)
    return as_of


def _empty(source: MartInput) -> pl.DataFrame:
    """No rows, with the types of the producer's contract: it has not published yet."""
    producer = products.of_mart(source.mart)
    if producer is None:
        raise LakeMissing(f"No product publishes {source.mart}; correct the product's inputs.")
    return producer.contract.create_empty().select(source.columns)


def _selected(source: MartInput, con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The columns as the snapshot calls them, in the names of now."""
    producer = products.of_mart(source.mart) if source.of_product else None
    former = former_names(lake.table_columns(con, source.mart), producer) if producer else {}
    for column in source.columns:
        yield f"{lake.quote(former.get(column, column))} AS {lake.quote(column)}"


def _read(
    source: MartInput, run: Run, con: duckdb.DuckDBPyConnection, snapshot: int
) -> pl.DataFrame:
    columns = ", ".join(_selected(source, con))
    condition, values = source.where(run.settled) if source.where else ("TRUE", [])
    try:
        frame = con.execute(
            f"SELECT {columns} FROM {lake.quote(source.mart)} WHERE {condition}", values
        ).pl()
    except duckdb.CatalogException as error:
        if source.of_product and source.allow_empty:
            return _empty(source)
        first = how_to_load(source.upstream or [source.mart]).rstrip(".") or "Load its sources"
        if source.of_product:
            first = run_first(products.of_mart(source.mart), run.params).rstrip(".")
        raise LakeMissing(
            f"The mart {source.mart} is not in the lake at snapshot {snapshot}. {first} and run "
            "again without as_of."
        ) from error
    except duckdb.Error as error:
        if is_transient(error):
            raise gave_up(error, run.settings, run.author) from None
        if is_unreadable(error):
            # The session that ends with it names the file and the fix.
            raise
        raise LakeMissing(
            f"The mart {source.mart} could not be read at snapshot {snapshot}: "
            f"{str(error).splitlines()[0].rstrip('.')}. Rebuild it with warehouse/refresh; with "
            "as_of, choose a later one."
        ) from error
    if frame.is_empty() and not source.allow_empty:
        given = {k: v for k, v in run.params.model_dump(mode="json").items() if v is not None}
        raise BrokenInput(
            f"The mart {source.mart} has no row for {given} at snapshot {snapshot}. "
            + what_brings(source)
        )
    return frame


def load_mart(run: Run) -> Loaded:
    """Marts as Polars frames at one snapshot, which the run records.

    Raises `LakeMissing` (no lake, mart or snapshot), `BrokenInput` (no rows), `DbtFailure`.
    """
    with run.stage(StageName.LOAD_MART) as report:
        past = past_snapshot(run)
        rebuilt = False
        with ExitStack() as writing, ExitStack() as reading:
            if past is None:
                # dbt commits model by model: without the lock, the snapshot could be one in the
                # middle of another run's build, with marts that do not belong together.
                writing.enter_context(lake.exclusive(run.author, settings=run.settings))
                rebuilt = refresh_marts(run)
            con = reading.enter_context(lake.connect(snapshot=past, settings=run.settings))
            # One transaction sees one snapshot, whatever others commit meanwhile.
            con.execute("BEGIN")
            snapshot = past if past is not None else lake.snapshot_of(con)
            committed_at = lake.committed_at(con, snapshot)
            writing.close()
            fault_point("load-mart.after-pin")
            run.settle(con)
            inputs = run.product.inputs_for(run.params)
            frames = {s.mart: _read(s, run, con, snapshot) for s in inputs}
            con.execute("COMMIT")
        run.snapshot = snapshot
        run.inputs = frames
        report.rows = sum(frame.height for frame in frames.values())
        report.detail = f"snapshot {snapshot}, marts {'rebuilt' if rebuilt else 'up to date'}"
        return Loaded(snapshot, committed_at, frames, rebuilt)
