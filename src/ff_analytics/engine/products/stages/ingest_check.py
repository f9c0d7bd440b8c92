"""ingest-check: is every input there, fresh, complete and plausible? The gate of a run."""

from datetime import UTC, datetime

import duckdb
import polars as pl

from ff_analytics.engine import lake
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.base.errors import BrokenInput, StaleInput
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.checks.checks import dataset_checks
from ff_analytics.engine.checks.result import CheckResult, Status
from ff_analytics.engine.lake import ops
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.official.renamed import rename_columns
from ff_analytics.engine.products.published import mart_checks
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.products.run_report import StageName
from ff_analytics.engine.products.stages.load_mart import past_snapshot
from ff_analytics.engine.sources import registry as sources


def upstream_datasets(run: Run) -> list[Dataset]:
    """Datasets behind the product's marts, in a stable order."""
    known = {d.table: d for source in sources.loadable() for d in source.datasets}
    inputs = run.product.inputs_for(run.params)
    tables = {table for source in inputs for table in source.upstream}
    return [known[table] for table in sorted(tables) if table in known]


def _record(run: Run, results: list[CheckResult]) -> None:
    rows = pl.DataFrame(
        [
            {
                "run_id": run.run_id,
                "product": run.product.name,
                "check_name": r.check,
                "subject": r.subject,
                "status": r.status.value,
                "observed": r.observed,
                "expected": r.expected,
            }
            for r in results
        ]
    ).with_columns(checked_at=pl.lit(datetime.now(UTC)))

    def write(con: duckdb.DuckDBPyConnection) -> None:
        ops.ensure_tables(con)
        con.register("checked", rows.to_arrow())
        con.execute("INSERT INTO ops.check_results BY NAME FROM checked")
        con.unregister("checked")

    lake.commit(
        lake.Provenance(
            author=run.author,
            message=f"checks of {run.product.name}",
            run_id=run.run_id,
            deployment=run.deployment,
        ),
        write,
        settings=run.settings,
    )


def refuse(run: Run, results: list[CheckResult]) -> None:
    """Raise `StaleInput` if age is the only trouble, `BrokenInput` otherwise."""
    errors = [r for r in results if r.status is Status.ERROR]
    if not errors:
        return
    lines = " ".join(r.line() for r in errors[:3])
    more = f" And {len(errors) - 3} more." if len(errors) > 3 else ""
    kind = StaleInput if all(r.stale for r in errors) else BrokenInput
    run.fail_stage()
    raise kind(f"{len(errors)} of {len(results)} input checks failed. {lines}{more}")


def run_checks(run: Run) -> list[CheckResult]:
    """Results of every check, worst not yet refused; warnings are noted on the run.

    Raises `LakeMissing` without a lake.
    """
    with run.stage(StageName.INGEST_CHECK) as report:
        snapshot = past_snapshot(run)
        if snapshot is None:
            read = [i.mart for i in run.product.inputs_for(run.params) if i.of_product]
            producers = [p for p in map(products.of_mart, read) if p]
            rename_columns([run.product, *producers], run.settings, run.author)
        results: list[CheckResult] = []
        with lake.connect(snapshot=snapshot, settings=run.settings) as con:
            # All checks see one snapshot, and the catalog is read once instead of per query.
            con.execute("BEGIN")
            for dataset in upstream_datasets(run):
                results += dataset_checks(con, dataset, on_the_past=snapshot is not None)
            for source in run.product.inputs_for(run.params):
                if source.of_product:
                    on_the_past = snapshot is not None
                    today = run.snapshot_date
                    results += mart_checks(con, source, run.params, today, on_the_past=on_the_past)
            # The product's own checks query these tables, so without one they cannot be asked.
            there = all(r.check != "exists" or r.status is Status.SKIPPED for r in results)
            params = run.settle(con) if there else run.params
            for check in run.product.checks if there else ():
                results += check(con, params)
            con.execute("COMMIT")
        fault_point("ingest-check.before-record")
        if snapshot is None and results:
            _record(run, results)
        run.warnings += [r.line() for r in results if r.status is Status.WARN]
        warned = sum(r.status is Status.WARN for r in results)
        report.rows = len(results)
        report.detail = f"{len(results)} checks, {warned} warnings"
        return results


def ingest_check(run: Run) -> list[CheckResult]:
    """Check every input; errors stop the run before anything is computed."""
    results = run_checks(run)
    refuse(run, results)
    return results
