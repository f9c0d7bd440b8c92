"""`ff runs`: the server's last runs, one of them with its stages, and running it again."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, columns, out, print_json, width
from ff_analytics.cli.options import PLAIN

if TYPE_CHECKING:
    from ff_analytics.platform.api.rest import Api
    from ff_analytics.platform.api.runs import RunLine, Stage

app = App(
    name="runs",
    help_epilogue="""\
NAME is the name, id or deployment of a run, or the beginning of a name or id.
Where it fits several, the newest is shown; --rerun wants one. Times are UTC.
Exit code of --rerun --follow: as ff trigger.

Examples:
  ff runs                                     the last 15
  ff runs --failed --limit 5                  with the reason and what to do
  ff runs --json
  ff runs valuation                           stages, counts, reason, links
  ff runs 3f2a91c0 --rerun --follow           again, the same parameters""",
    **PLAIN,
)


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{seconds / 3600:.1f} h"


def _why(run: "RunLine", indent: str) -> list[str]:
    """Reason and advice as lines that fit into the terminal."""
    if (reason := run.reason) is None:
        return []
    said = [reason.line(), *([f"What to do: {reason.advice}"] if reason.advice else [])]
    return [
        line
        for text in said
        for line in textwrap.wrap(
            text, max(width(), 40), initial_indent=indent, subsequent_indent=indent
        )
    ]


def _state(run: "RunLine") -> str:
    """One word: our own names of failed states hold stage and fingerprint."""
    return run.type.title() if run.type in ("FAILED", "CRASHED") else run.state


def _list(found: "list[RunLine]", failed: bool) -> int:
    if not found:
        out("No run has failed." if failed else "No runs yet: ff trigger starts one.")
        return 0
    head = ("id", "when", "state", "took", "deployment", "run")
    rows = [
        (r.id[:8], f"{r.when:%m-%d %H:%M}", _state(r), _duration(r.seconds), r.deployment, r.name)
        for r in found
    ]
    first, *lines = columns([head, *rows])
    if len(max(first, *lines, key=len)) > width():
        # Two lines a run: deployment and name below.
        first, *short = columns([head[:4], *(row[:4] for row in rows)])
        lines = [f"{a}\n  {r.deployment}: {r.name}" for a, r in zip(short, found, strict=True)]
    out(first)
    for run, line in zip(found, lines, strict=True):
        out(line)
        for more in _why(run, "  "):
            out(more)
    return 0


def _stage_lines(stages: "list[Stage]") -> list[str]:
    lines = []
    for stage in stages:
        ended = "" if stage.type == "COMPLETED" else f"{stage.state.lower()}. "
        counts, *more = stage.said or ("",)
        lines.append(f"  {_duration(stage.seconds):>8}  {stage.name}: {ended}{counts}".rstrip(": "))
        lines += [f"            {text}" for text in more]
    return lines


def _show(api: "Api", run: "RunLine", row: dict[str, Any], as_json: bool) -> int:
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.platform.api import runs

    stages, report = runs.stages(api, run.id), runs.report_of(api, run.id)
    log = get_settings().run_logs_dir / f"{run.id}.log"
    if as_json:
        parts = {"stages": [stage._asdict() for stage in stages], "report": report}
        own = {"parameters": row.get("parameters") or {}, "log": str(log) if log.exists() else None}
        print_json({**run.record(), **own, **parts})
        return 0
    out(f"{run.name}  ({run.deployment}, {run.id})")
    out(f"{_state(run)}, began {run.when:%Y-%m-%d %H:%M:%S} UTC, took {_duration(run.seconds)}")
    for line in _why(run, "  ") or ([f"  {run.message}"] if run.message else []):
        out(line)
    for name, value in (row.get("parameters") or {}).items():
        out(f"  {name} = {value}")
    if stages:
        out("Stages:")
    for line in _stage_lines(stages):
        out(line)
    out(f"UI      {run.url}")
    if report:
        out(f"report  {report}")
    if log.exists():
        out(f"log     {_short(log)}")
    return 0


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


@app.default
def runs(
    name: Annotated[str | None, Parameter(help="One run. Empty = list the last ones.")] = None,
    *,
    failed: Annotated[bool, Parameter(help="Only runs that failed or crashed.")] = False,
    limit: Annotated[int, Parameter(help="How many runs to list.")] = 15,
    rerun: Annotated[bool, Parameter(help="Run NAME again with the same parameters.")] = False,
    follow: Annotated[
        bool, Parameter(name=["--follow", "-f"], help="With --rerun: print its stages to the end.")
    ] = False,
    as_json: Annotated[bool, Parameter(name="--json", help="Print JSON.")] = False,
) -> int:
    """See the table of commands."""
    from ff_analytics.platform.api import rest
    from ff_analytics.platform.api import runs as on_server

    if limit < 1:
        raise UsageError(f"--limit {limit}: give 1 or more.")
    if (rerun or follow) and not name:
        raise UsageError("name the run: ff runs NAME --rerun. ff runs lists them.")
    if follow and not rerun:
        raise UsageError("--follow goes with --rerun.")
    with rest.client() as api:
        if name is None:
            found = on_server.newest(api, limit, failed=failed)
            if not as_json:
                return _list(found, failed)
            print_json([run.record() for run in found])
            return 0
        run, row = on_server.find(api, name, alone=rerun)
        if not rerun:
            return _show(api, run, row, as_json)
        from ff_analytics.cli.work.trigger import started

        return started(api, run.deployment, on_server.again(api, row), follow, as_json)
