"""A real server with everything deployed, whose parts a test may kill and start again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.local.drain import runs_of
from ff_analytics.platform.processes import services
from ff_analytics.platform.processes.process_table import processes
from tests.fakes.small_league import League
from tests.waiting import FINAL, ask_api, until

POOL = "local-process-pool"


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Say how long the block took; `pytest -s` shows it, and docs/promises.md quotes it."""
    start = time.monotonic()
    yield
    sys.stdout.write(f"\nmeasured: {what}: {time.monotonic() - start:.0f} s\n")


def send(number: signal.Signals, *pids: int) -> None:
    """The signal to all of them, one right after the other."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@dataclass
class Site:
    """The server with everything deployed; each test brings its own worker."""

    folder: Path
    env: dict[str, str]
    port: int
    server: services.Service = field(init=False)

    def start_server(self) -> None:
        self.server = services.start_server(self.port, self.folder / "server.log", self.env)

    def server_pids(self) -> list[int]:
        """The server and the processes that it started."""
        first = self.server.process.pid
        return [p.pid for p in processes() if first in (p.pid, p.parent)]

    def kill_server(self, *others: int) -> None:
        """SIGKILL the server, and the other processes in the same moment."""
        send(signal.SIGKILL, *self.server_pids(), *others)
        self.server.process.wait()
        self.server.stop()

    def worker(self, name: str) -> services.Service:
        return services.start_worker(POOL, self.folder / f"{name}.log", self.env, name)

    def api(self, method: str, path: str, body: Any = None, **fields: Any) -> Any:
        return ask_api(self.env, method, path, fields or body)

    def deployment(self, name: str) -> str:
        return str(self.api("GET", f"/deployments/name/{name}")["id"])

    def submit(self, deployment: str, parameters: dict[str, Any], **env: str) -> str:
        """Ask for a run of `flow/name` with `env` for its process only; its id."""
        wanted: dict[str, Any] = {"parameters": parameters, "job_variables": {"env": env}}
        wanted["idempotency_key"] = uuid4().hex
        path = f"/deployments/{self.deployment(deployment)}/create_flow_run"
        return str(self.api("POST", path, **wanted)["id"])

    def submit_at(self, deployment: str, when: datetime) -> str:
        """A run of the deployment that is due at `when`, as its schedule makes them."""
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": when.isoformat()}}
        path = f"/deployments/{self.deployment(deployment)}/create_flow_run"
        return str(self.api("POST", path, state=state, idempotency_key=uuid4().hex)["id"])

    def run(self, deployment: str, parameters: dict[str, Any], **env: str) -> dict[str, Any]:
        """Run and wait; the flow run once it has ended."""
        return self.ended(self.submit(deployment, parameters, **env))

    def flow_run(self, run_id: str) -> dict[str, Any]:
        return dict(self.api("GET", f"/flow_runs/{run_id}"))

    def state(self, run_id: str) -> str:
        return str(self.flow_run(run_id)["state_type"])

    def ended(self, run_id: str) -> dict[str, Any]:
        """The flow run once it has ended."""
        until(f"run {run_id} ends", lambda: self.state(run_id) in FINAL, self.logs)
        return self.flow_run(run_id)

    def hanging_run(
        self, league: League, release: Path, deployment: str = "analytics/template", **given: Any
    ) -> str:
        """A run that waits inside `compute` until `release` exists."""
        fault = {"FF_FAULT": "compute.before=hang", "FF_FAULT_RELEASE": str(release)}
        run = self.submit(deployment, given, FF_DATA_DIR=str(league.data), **fault)
        until(f"{run} hangs", release.with_suffix(".reached").exists, self.logs)
        return run

    def events(self, run_id: str, name: str) -> int:
        """How often the run's state became `name`: an alert is sent for each time it Crashed."""
        wanted = {
            "event": {"name": [f"prefect.flow-run.{name}"]},
            "resource": {"id": [f"prefect.flow-run.{run_id}"]},
        }
        return int(self.api("POST", "/events/filter", filter=wanted)["total"])

    def whole_env(self) -> dict[str, str]:
        """For processes that are started with it alone."""
        return {**os.environ, **self.env}

    def ff(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.module("ff_analytics.cli", *words)

    def module(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """`python -m NAME` against this server."""
        return subprocess.run(
            [sys.executable, "-m", name, *words],
            cwd=PROJECT_ROOT,
            env=self.whole_env(),
            text=True,
            capture_output=True,
            check=False,
        )

    def look(self) -> str:
        """One look of the watch; what it said."""
        looked = self.ff("watch", "--once")
        return looked.stdout + looked.stderr

    def logs(self) -> str:
        newest = max(self.folder.glob("*.log"), key=lambda log: log.stat().st_mtime)
        return f"{newest.name}:\n{services.tail(newest, 40)}"

    def tasks(self, run: dict[str, Any], least: int) -> tuple[str, ...]:
        """Names of the run's tasks in the order of their start, once there are `least`."""
        of_run = {"flow_runs": {"id": {"any_": [run["id"]]}}, "sort": "EXPECTED_START_TIME_ASC"}
        found: list[dict[str, Any]] = []

        def all_there() -> bool:
            found[:] = self.api("POST", "/task_runs/filter", **of_run)
            return len(found) >= least

        until(f"{least} task runs of {run['name']}", all_there, lambda: str(found))
        return tuple(task["name"].split()[0] for task in found)


def family(worker: services.Service) -> list[int]:
    """The worker and the flow runs that it started."""
    return [worker.process.pid, *runs_of(worker.process.pid, processes())]


def overlaps(runs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Names of the runs that were under way at the same time."""
    spans = sorted((moment(r["start_time"]), moment(r["end_time"]), r["name"]) for r in runs)
    return [(a[2], b[2]) for a, b in pairwise(spans) if b[0] < a[1]]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@contextmanager
def open_site(folder: Path) -> Iterator[Site]:
    """A site below `folder`, stopped at the end."""
    port = services.free_port()
    env = services.reach(folder, port)
    # Instead of 30 s, so that a run that waits for its turn does not make the tests wait.
    env["PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS"] = "2"
    site = Site(folder, env, port)
    site.start_server()
    try:
        services.deploy_all(env)
        yield site
    finally:
        site.server.stop()
