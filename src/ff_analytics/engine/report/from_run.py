"""What a report or a summary shows of its run: provenance, and the command that repeats it."""

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ff_analytics import __version__
from ff_analytics.engine.report.meta import ReportMeta

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run


def meta_of(run: "Run", title: str) -> ReportMeta:
    """Meta of a run's report, with what the parameters know of their league or tenant."""
    facts = getattr(run.params, "report_facts", None)
    known: dict[str, Any] = facts() if facts else {}
    scenario = (run.scenario,) if run.scenario else ()
    return ReportMeta(
        title=f"Scenario: {title}" if scenario else title,
        product=run.product.deployment,
        snapshot_date=run.snapshot_date,
        generated_at=run.started_at,
        lake_snapshot=run.snapshot,
        run_id=run.run_id,
        code_version=__version__,
        warnings=(*scenario, *run.warnings),
        diff=run.diff,
        parquet_path=_shown(run.output, run.settings.home),
        reproduce=reproduce_command(run),
        **known,
    )


def _shown(output: str | None, home: Path) -> str | None:
    """The path relative to the project folder if possible: the same on every machine."""
    if output and Path(output).is_relative_to(home):
        return Path(output).relative_to(home).as_posix()
    return output


def reproduce_command(run: "Run") -> str | None:
    """The run without a server that computes the same rows; None before a snapshot was read."""
    if run.snapshot is None:
        return None
    given = run.params.model_dump(
        mode="json", exclude_unset=True, exclude_none=True, exclude={"accept_shrunk"}
    )
    # Pinned last: the lake moves on, and the rows are to be the same.
    given |= {"as_of": run.snapshot, "snapshot_date": run.snapshot_date.isoformat()}
    words = ["ff", "run", f"analytics/{run.product.name}"]
    for name, value in given.items():
        text = value if isinstance(value, str) else json.dumps(value)
        words += [f"--{name.replace('_', '-')}", text]
    return shlex.join(words)
