"""write-parquet: publish the output so that readers see the old or the new file, never half."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from filelock import FileLock, Timeout

from ff_analytics import __version__
from ff_analytics.diff import OutputDiff
from ff_analytics.errors import ContractViolation, LakeBusy, PublishError
from ff_analytics.faults import fault_point
from ff_analytics.run import Run
from ff_analytics.stages.compare_output import compare, previous

CONTRACT_VERSION = "1"


def metadata(run: Run, frame: pl.DataFrame) -> dict[str, str]:
    """Key-value metadata of the file: enough to know where each number came from."""
    return {
        "ff.product": run.product.name,
        "ff.contract": run.product.contract_path,
        "ff.contract_version": CONTRACT_VERSION,
        "ff.lake_snapshot": str(run.snapshot),
        "ff.snapshot_date": run.snapshot_date.isoformat(),
        "ff.parameters": run.params.model_dump_json(),
        "ff.rows": str(frame.height),
        "ff.code_version": __version__,
    }


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(frame: pl.DataFrame, target: Path, info: dict[str, str]) -> None:
    """Write `frame` to `target` atomically: temp file beside it, fsync, rename.

    Raises `PublishError` (disk full, no permission, read-only folder); the previous file stays.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(target)
        frame.write_parquet(temporary, metadata=info)
        fault_point("write-parquet.before-replace")
        _sync(temporary)
        temporary.replace(target)
        _sync(target.parent)
    except (OSError, pl.exceptions.ComputeError) as error:
        # On a read-only folder this fails as well; what is told is the first error.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise PublishError(
            f"{target} could not be written: {error}. The previous file is untouched. "
            "Check free space and permissions of the folder, then run again."
        ) from error
    fault_point("write-parquet.after-replace")


def remove_leftovers(target: Path) -> None:
    """Delete temp files that a killed run left an hour ago or earlier."""
    limit = datetime.now(UTC) - timedelta(hours=1)
    for leftover in target.parent.glob(f".{target.name}.*.tmp"):
        if datetime.fromtimestamp(leftover.stat().st_mtime, UTC) < limit:
            leftover.unlink(missing_ok=True)


def changes(run: Run, frame: pl.DataFrame, target: Path) -> OutputDiff | None:
    """What differs from the output that `frame` is about to replace.

    None when there is none to compare with: first run, run on the past, another league or
    season in the file (its differences would be no news), or the layout of an older contract.
    """
    try:
        before = pl.read_parquet_metadata(target)
    except (OSError, pl.exceptions.PolarsError):
        return None
    if run.params.as_of is not None or before.get("ff.parameters") != run.params.model_dump_json():
        return None
    product = run.product
    old = previous(target)
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


def output_path(run: Run) -> Path:
    """`latest.parquet`, or a file of its own for a run on the past."""
    folder = run.settings.analytics_dir / run.product.output
    if run.params.as_of is None:
        return folder / "latest.parquet"
    return folder / "as_of" / f"snapshot-{run.snapshot}-{run.snapshot_date}.parquet"


def write_parquet(run: Run, frame: pl.DataFrame) -> Path:
    """Publish the output and return its path.

    From here to the end of the run no other run of this product may publish: the dbt mart
    must be built from this very file.
    """
    with run.stage("write-parquet") as report:
        if frame.is_empty() and not run.product.allow_empty:
            raise ContractViolation(
                f"{run.product.name}: the output has no rows; the previous file stays. "
                "If that is meant, set allow_empty in the product."
            )
        target = output_path(run)
        # A retry of this stage would otherwise wait for the lock that its first attempt holds.
        run.held.close()
        lock = FileLock(
            run.settings.lake_dir / f"publish-{run.product.output}.lock",
            timeout=run.settings.lake_lock_timeout,
            thread_local=False,
        )
        try:
            run.held.enter_context(lock.acquire())
        except Timeout:
            raise LakeBusy(
                f"Another run of {run.product.name} is publishing; waited "
                f"{run.settings.lake_lock_timeout:.0f} s. Let it finish and run again."
            ) from None
        run.diff = changes(run, frame, target)
        publish(frame, target, metadata(run, frame))
        run.output = str(target)
        report.rows = frame.height
        report.detail = f"{target.name}, {target.stat().st_size / 1024:.0f} kB"
        return target
