"""Flow runs as forks of a warm process against plain starts, and against the bare script.

In turn, through the same server and worker, on the same lake with marts up to date.
"""

import random
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import child
from benchmarks.model import Cell, Options, Result, Table, at_most
from ff_analytics.platform.local.warm.client import FOLDER
from ff_analytics.platform.processes.services import running_platform

DEPLOYMENTS = ("workspace-check/hello", "analytics/valuation")
# Another environment than that of the fork server: the run starts plainly.
_PLAIN = '{"env": {"' + FOLDER + '": ""}}'
Run = dict[str, Any]


def _run(env: Mapping[str, str], deployment: str, job_variables: str = "{}") -> Run:
    # A trigger must not keep step with the worker's polls.
    time.sleep(random.uniform(0, 2))
    found: Run = child.run("runs.flow_runs", deployment, job_variables, env=env).value
    return found


def _wait_for_server(env: Mapping[str, str]) -> None:
    """The first run starts the fork server; it is ready some seconds later."""
    log = Path(env["FF_DATA_DIR"]) / "logs" / "warm.log"
    for _ in range(600):
        if log.exists() and "ready for runs" in log.read_text():
            return
        time.sleep(0.1)
    raise RuntimeError("the fork server did not start; see the worker's log")


def _lines(name: str, warm: list[Run], plain: list[Run]) -> list[tuple[Cell, ...]]:
    def line(what: str, moments: tuple[list[float], list[float]]) -> tuple[Cell, ...]:
        mine, others = (median(values) for values in moments)
        return (f"{name}: {what}", mine, others, mine / others)

    def of(key: str) -> tuple[list[float], list[float]]:
        return [run[key] for run in warm], [run[key] for run in plain]

    started = ([r["running"] - r["pending"] for r in runs] for runs in (warm, plain))
    return [
        line("Pending to Running", (next(started), next(started))),
        line("trigger to Running", of("running")),
        line("trigger to Completed", of("completed")),
    ]


def _measure(options: Options, env: Mapping[str, str]) -> Result:
    repeats = 2 if options.quick else 5
    _run(env, "ingest/sample")
    _wait_for_server(env)
    for _ in range(2):
        _run(env, DEPLOYMENTS[1])
    child.run("runs.bare_valuation", env=env)
    rows: list[tuple[Cell, ...]] = []
    bare: list[float] = []
    for deployment in DEPLOYMENTS:
        warm, plain = [], []
        for _ in range(repeats):
            warm.append(_run(env, deployment))
            plain.append(_run(env, deployment, _PLAIN))
            if deployment == DEPLOYMENTS[1]:
                bare.append(child.run("runs.bare_valuation", env=env).seconds)
        rows += _lines(deployment, warm, plain)
    done, plainly = (float(value or 0) for value in rows[-1][1:3])
    alone = median(bare)
    rows.append(("bare script, start to end of process", alone, alone, 1.0))
    return Result(
        name="warm",
        title="flow runs as forks of a warm process, and started plainly",
        tables=[
            Table(
                title=f"Seconds, median of {repeats} runs of each in turn",
                columns=("what", "warm", "plain", "warm / plain"),
                rows=rows,
            )
        ],
        aims=[
            at_most("trigger to Running, warm", float(rows[-3][1] or 0), 1.0, "s"),
            at_most("trigger to Completed, warm / bare script", done / alone, 0.7, "x"),
            at_most("trigger to Completed, plain / bare script", plainly / alone, 1.4, "x"),
        ],
    )


def run(options: Options) -> Result:
    """Measure in a platform of its own."""
    # Else a .env or an exported address would lead to the user's own lake and server.
    own = {"FF_LAKE_CATALOG": "", "FF_LAKE_DATA": "", "FF_LEAGUE": "dynasty_half_ppr"}
    own["FF_WARM_START"] = "true"
    with running_platform(options.folder, own) as env:
        return _measure(options, env)
