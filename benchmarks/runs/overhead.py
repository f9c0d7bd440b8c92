"""`analytics/valuation` through a warm server and worker, against one bare script.

Both start cold, in their own processes, on the same lake with current marts, alternating.
"""

import json
import random
import time
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import child
from benchmarks.model import Cell, Options, Result, Table, at_most
from benchmarks.runs.imports import GROUPS
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.processes.services import running_platform

DEPLOYMENT = "analytics/valuation"
Run = dict[str, Any]


def _flow_run(
    env: Mapping[str, str], deployment: str = DEPLOYMENT, job_variables: Run | None = None
) -> Run:
    # A trigger must not keep step with the worker's polls.
    time.sleep(random.uniform(0, 2))
    found: Run = child.run(
        "runs.flow_runs", deployment, json.dumps(job_variables or {}), env=env
    ).value
    return found


def _probed_run(env: Mapping[str, str], folder: Path) -> Run:
    measured = folder / "probe.json"
    watched = {
        "command": "python -m benchmarks.runs.probe",
        "env": {"FF_BENCHMARK_PROBE": str(measured)},
    }
    run = _flow_run(env, job_variables=watched)
    for _ in range(100):
        if measured.exists():
            break
        time.sleep(0.1)
    run["probe"] = json.loads(measured.read_text())
    measured.unlink()
    return run


def _pieces(run: Run) -> dict[str, float]:
    """Seconds from trigger to end of process, piece by piece; they add up."""
    probe, stages = run["probe"], run["stages"]
    spawned, prefect, left = (
        probe[name] - run["trigger"] for name in ("spawned", "prefect", "exit")
    )
    in_stages = {f"stage {name}": end - start for name, start, end in stages}
    between = stages[-1][2] - stages[0][1] - sum(in_stages.values())
    return {
        "trigger to the worker's poll": run["pending"],
        "worker starts the process": spawned - run["pending"],
        "python and import prefect": prefect - spawned,
        "load flow, report Running": run["running"] - prefect,
        "Running to first stage": stages[0][1] - run["running"],
        **in_stages,
        "between stages": between,
        "summary, result, Completed": run["completed"] - stages[-1][2],
        "process exit (after Completed)": left - run["completed"],
    }


def _middle(runs: list[Run]) -> Run:
    return sorted(runs, key=lambda run: run["completed"] - run["pending"])[len(runs) // 2]


def _breakdown(run: Run) -> list[tuple[Cell, ...]]:
    pieces = _pieces(run)
    total = sum(pieces.values())
    return [(name, seconds, f"{seconds / total:.0%}") for name, seconds in pieces.items()]


def _poll_seconds() -> float:
    settings = tomllib.loads((PROJECT_ROOT / "prefect.toml").read_text())
    return float(settings["worker"]["query_seconds"])


def _api_note(run: Run) -> str:
    calls = [call for call in run["probe"]["calls"] if call[1] < run["trigger"] + run["completed"]]
    waited = sum(seconds for _, _, seconds in calls)
    kinds = Counter(path.split("/")[1] for path, *_ in calls)
    listed = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
    return (
        f"The run's process made {len(calls)} API requests until Completed ({listed}), which took "
        f"{waited:.2f} s; it used {run['probe']['cpu']:.1f} s of processor time and "
        f"{run['probe']['peak_mb']:.0f} MB at its peak."
    )


def _imports(repeats: int) -> list[tuple[Cell, ...]]:
    found = [child.run("runs.imports").value for _ in range(repeats)]
    return [(group, median(run[group] for run in found)) for group in GROUPS]


def _compared(runs: list[Run], bare: list[child.Done]) -> list[tuple[Cell, ...]]:
    def line(name: str, values: list[float]) -> tuple[Cell, ...]:
        return (name, median(values), min(values), max(values))

    return [
        line("trigger to Running", [r["running"] for r in runs]),
        line("Running to Completed", [r["completed"] - r["running"] for r in runs]),
        line("trigger to Completed", [r["completed"] for r in runs]),
        line("bare script, start to end of process", [b.seconds for b in bare]),
        *(
            line(f"- bare: {part}", [b.value[part] for b in bare])
            for part in ("imports", "read", "compute", "write", "dbt build")
        ),
        line(
            "- bare: interpreter's start and end", [b.seconds - sum(b.value.values()) for b in bare]
        ),
    ]


def _measure(options: Options, env: Mapping[str, str]) -> Result:
    repeats = 2 if options.quick else 5
    _flow_run(env, "ingest/sample")
    # The first run builds the marts, the second fills the caches of dbt and the file system.
    for _ in range(2):
        _flow_run(env)
    child.run("runs.bare_valuation", env=env)
    runs, bare = [], []
    for _ in range(repeats):
        runs.append(_flow_run(env))
        bare.append(child.run("runs.bare_valuation", env=env))
    probed = _middle([_probed_run(env, options.folder) for _ in range(1 if options.quick else 3)])
    lines = _compared(runs, bare)
    to_running, ran, total, alone = (float(line[1] or 0) for line in lines[:4])
    spread = ("", "median", "least", "most")
    return Result(
        name="overhead",
        title=f"{DEPLOYMENT} through server and worker against a bare script",
        tables=[
            Table(
                title=f"Seconds, {repeats} runs of each, alternating", columns=spread, rows=lines
            ),
            Table(
                title="Where the seconds of one flow run go (the middle one of those probed)",
                columns=("piece", "seconds", "share"),
                rows=_breakdown(probed),
            ),
            Table(
                title="Imports in the order of a run, each in its own process",
                columns=("what", "seconds"),
                rows=_imports(1 if options.quick else 3),
            ),
        ],
        aims=[
            at_most("trigger to Running", to_running, 3.5, "s"),
            at_most("trigger to Completed / bare script", total / alone, 1.6, "x"),
            at_most("Running to Completed / bare script", ran / alone, 1.6, "x"),
        ],
        notes=[
            "Trigger = the API call that `prefect deployment run` makes; the command itself needs "
            f"another 2 to 3 s to start. The worker polls every {_poll_seconds():g} s.",
            _api_note(probed),
        ],
    )


def run(options: Options) -> Result:
    """Starts a server and a worker of its own on a free port, and stops them."""
    # Else a .env or an exported address would lead to the user's own lake and server.
    own = {"FF_LAKE_CATALOG": "", "FF_LAKE_DATA": "", "FF_LEAGUE": "dynasty_half_ppr"}
    with running_platform(options.folder, own) as env:
        return _measure(options, env)
