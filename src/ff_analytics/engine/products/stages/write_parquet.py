"""write-parquet: publish the output so that readers see the old or the new file, never half."""

import polars as pl

from ff_analytics import __version__
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ContractViolation, LakeForeign
from ff_analytics.engine.lake.attach import identity, locks
from ff_analytics.engine.products.diff import OutputDiff
from ff_analytics.engine.products.outputs import Output, output_at
from ff_analytics.engine.products.run import Run
from ff_analytics.engine.products.stages.compare_output import compare, previous
from ff_analytics.engine.products.stages.official import compare_official

CONTRACT_VERSION = "1"


def _lake_of(run: Run) -> str:
    with lake.connect(settings=run.settings) as con:
        found = identity.shared(con, run.settings)
    return found.id if found else ""


def _refuse_another_lake(run: Run, before: dict[str, str], target: Output) -> None:
    """Raise `LakeForeign` when the published file was computed from another lake."""
    published, now = before.get("ff.lake"), _lake_of(run)
    if published and published != now:
        raise LakeForeign(
            f"{target.place} was published from lake {published[:8]}, this run reads lake "
            f"{now[:8] or 'without identity'}: the file stays. Check FF_LAKE_CATALOG and "
            "FF_LAKE_DATA; to publish from this lake, move the file away or set FF_ANALYTICS_DATA."
        )


def parameters(run: Run) -> str:
    """What the rows depend on, as JSON; a confirmation does not count."""
    return run.params.model_dump_json(exclude={"accept_shrunk"})


def metadata(run: Run, frame: pl.DataFrame) -> dict[str, str]:
    """Key-value metadata of the file: enough to know where each number came from."""
    return {
        "ff.product": run.product.name,
        "ff.contract": run.product.contract_path,
        "ff.contract_version": CONTRACT_VERSION,
        "ff.lake": _lake_of(run),
        "ff.lake_snapshot": str(run.snapshot),
        "ff.snapshot_date": run.snapshot_date.isoformat(),
        "ff.parameters": parameters(run),
        "ff.rows": str(frame.height),
        "ff.code_version": __version__,
    }


def changes(run: Run, frame: pl.DataFrame, target: Output) -> OutputDiff | None:
    """What differs from the output that `frame` is about to replace.

    None when there is none to compare with: first run, run on the past, another league or
    season in the file (its differences would be no news), or the layout of an older contract.
    Raises `LakeForeign` when it is of another lake.
    """
    source = target.opened()
    if source is None:
        return None
    try:
        before = pl.read_parquet_metadata(source)
    except (OSError, pl.exceptions.PolarsError):
        return None
    _refuse_another_lake(run, before, target)
    if run.params.as_of is not None or before.get("ff.parameters") != parameters(run):
        return None
    product = run.product
    old = previous(source)
    if old is None:
        return None
    keys = product.contract.primary_key()
    try:
        diff = compare(
            old, frame, keys, column=product.diff_by or product.sort_by, label=product.label
        )
    except pl.exceptions.PolarsError:
        return None
    of = {"before_date": "ff.snapshot_date", "before_snapshot": "ff.lake_snapshot"}
    noted = {field: before.get(key) for field, key in of.items()}
    return OutputDiff.model_validate(diff.model_dump() | noted)


def output_of(run: Run) -> Output:
    """`latest.parquet`, or a file of its own for a run on the past."""
    name = "latest.parquet"
    if run.params.as_of is not None:
        name = f"as_of/snapshot-{run.snapshot}-{run.snapshot_date}.parquet"
    return output_at(f"{run.product.output}/{name}", run.settings)


def write_parquet(run: Run, frame: pl.DataFrame) -> str:
    """Publish the output and return its path or address.

    From here to the end of the run no other run of this product may publish: the dbt mart
    must be built from this very file.
    """
    with run.stage("write-parquet") as report:
        if frame.is_empty() and not run.product.allow_empty:
            raise ContractViolation(
                f"{run.product.name}: the output has no rows; the previous file stays. "
                "If that is meant, set allow_empty in the product."
            )
        target = output_of(run)
        # A retry of this stage would otherwise wait for the lock that its first attempt holds.
        run.held.close()
        wait = run.settings.lake_lock_timeout
        run.held.enter_context(
            locks.turn(
                f"publish-{run.product.output}",
                run.author,
                seconds=wait,
                settings=run.settings,
                busy=lambda who: (
                    f"Another run of {run.product.name} is publishing, {who}; "
                    f"waited {wait:.0f} s. Let it finish and run again."
                ),
            )
        )
        run.diff = changes(run, frame, target)
        compare_official(run, frame)
        size = target.publish(frame, metadata(run, frame))
        run.output = target.place
        report.rows = frame.height
        report.detail = f"{target.place.rpartition('/')[2]}, {size / 1024:.0f} kB"
        return target.place
