"""write-parquet: publish the output, so that readers see the old or the new file, never half."""

import polars as pl

from ff_analytics import __version__
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ContractViolation, LakeForeign
from ff_analytics.engine.lake.attach import identity, locks
from ff_analytics.engine.products.official.history import changes, refuse_rewriting
from ff_analytics.engine.products.official.old_layout import adopt
from ff_analytics.engine.products.official.parts import parts_of
from ff_analytics.engine.products.outputs import Output, output_at
from ff_analytics.engine.products.run import Part, Run
from ff_analytics.engine.products.run_report import StageName
from ff_analytics.engine.products.stages.official import compare_official

CONTRACT_VERSION = "1"


def _lake_of(run: Run) -> str:
    with lake.connect(settings=run.settings) as con:
        found = identity.shared(con, run.settings)
    return found.id if found else ""


def _refuse_another_lake(now: str, target: Output) -> None:
    """Raise `LakeForeign` when the published file was computed from another lake."""
    source = target.opened()
    if source is None:
        return
    try:
        before = pl.read_parquet_metadata(source)
    except (OSError, pl.exceptions.PolarsError):
        return
    published = before.get("ff.lake")
    if published and published != now:
        raise LakeForeign(
            f"{target.place} was published from lake {published[:8]}, this run reads lake "
            f"{now[:8] or 'without identity'}: the file stays. Check FF_LAKE_CATALOG and "
            "FF_LAKE_DATA; to publish from this lake, move the file away or set FF_ANALYTICS_DATA."
        )


def parameters(run: Run) -> str:
    """What the rows depend on, as JSON; a confirmation does not count."""
    return run.params.model_dump_json(exclude={"accept_shrunk"})


def metadata(run: Run, frame: pl.DataFrame, lake_id: str) -> dict[str, str]:
    """Key-value metadata of the file: enough to know where each number came from."""
    return {
        "ff.product": run.product.name,
        "ff.kind": run.kind,
        "ff.contract": run.product.contract_path,
        "ff.contract_version": CONTRACT_VERSION,
        "ff.lake": lake_id,
        "ff.lake_snapshot": str(run.snapshot),
        "ff.snapshot_date": run.snapshot_date.isoformat(),
        "ff.parameters": parameters(run),
        "ff.rows": str(frame.height),
        "ff.code_version": __version__,
    }


def publish(run: Run, part: Part, lake_id: str) -> int:
    """Publish one part at its addresses; returns the bytes of one file."""
    size = 0
    for address in part.addresses:
        target = output_at(address.file, run.settings)
        size = target.publish(part.frame, metadata(part.run, part.frame, lake_id))
        part.run.output = target.place
        run.outputs.append(target.place)
    return size


def prepare(run: Run, frame: pl.DataFrame, lake_id: str) -> list[Part]:
    """The parts to publish, with what changed in each; refused ones raise before any is written.

    Raises `LakeForeign`, `ShrunkOutput`, or `ConfigError` for a day that is history.
    """
    adopt(run)
    parts = parts_of(run, frame)
    for address in (address for part in parts for address in part.addresses):
        _refuse_another_lake(lake_id, output_at(address.file, run.settings))
    if run.official:
        refuse_rewriting(run)
    compare_official(run, frame)
    for part in parts:
        part.run.diff = changes(part.run, part.frame)
    return parts


def write_parquet(run: Run, frame: pl.DataFrame) -> list[Part]:
    """Publish the output, official or not, at its addresses; returns what went where.

    From here to the end of the run no other run of this product may publish: the dbt mart
    must be built from these very files.
    """
    with run.stage(StageName.WRITE_PARQUET) as report:
        if frame.is_empty() and not run.product.allow_empty:
            raise ContractViolation(
                f"{run.product.name}: the output has no rows; the previous file stays. "
                "If that is meant, set allow_empty in the product."
            )
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
        lake_id = _lake_of(run)
        run.parts, run.outputs = prepare(run, frame, lake_id), []
        size = sum(publish(run, part, lake_id) for part in run.parts)
        last = run.parts[-1]
        run.output = last.run.output
        run.diff = last.run.diff if len(run.parts) == 1 else changes(run, frame)
        report.rows = frame.height
        more = f" and {len(run.outputs) - 1} more" if len(run.outputs) > 1 else ""
        report.detail = f"{last.addresses[-1].file}{more}, {size / 1024:.0f} kB"
        return run.parts
