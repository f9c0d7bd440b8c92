"""Stopping and losing workers: drained runs finish, lost runs are ended and their slot is freed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.local import services
from deployments.local.drain import runs_of
from deployments.local.process_table import processes
from ff_analytics.settings import PROJECT_ROOT

pytestmark = pytest.mark.timeout(300)
POOL = "local-process-pool"


@dataclass(frozen=True)
class Site:
    """A server with everything deployed; each test brings its own worker."""

    env: dict[str, str]
    folder: Path

    def api(self, method: str, path: str, **body: Any) -> Any:
        user, password = self.env["PREFECT_API_AUTH_STRING"].split(":", 1)
        with httpx.Client(auth=(user, password), trust_env=False, timeout=30) as client:
            answer = client.request(method, f"{self.env['PREFECT_API_URL']}{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def worker(self, name: str) -> services.Service:
        return services.start_worker(POOL, self.folder / f"{name}.log", self.env, name)

    def hanging_run(self, release: Path) -> str:
        """A run of the template product that waits inside `compute` until released."""
        fault = {"FF_FAULT": "compute.before=hang", "FF_FAULT_RELEASE": str(release)}
        arguments = [f"--job-variable=env={json.dumps(fault)}"]
        done = services.prefect(["deployment", "run", "analytics/template", *arguments], self.env)
        assert done.returncode == 0, done.stdout + done.stderr
        reached = release.with_suffix(".reached")
        until("the run hangs in compute", reached.exists)
        running = {"state": {"type": {"any_": ["RUNNING"]}}}
        return str(self.api("POST", "/flow_runs/filter", flow_runs=running)[0]["id"])

    def state(self, run_id: str) -> str:
        return str(self.api("GET", f"/flow_runs/{run_id}")["state_type"])

    def script(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=PROJECT_ROOT,
            env={**os.environ, **self.env},
            text=True,
            capture_output=True,
            check=False,
        )


def until(what: str, done: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("operating")
    port = services.free_port()
    env = services.reach(folder, port)
    server = services.start_server(port, folder / "server.log", env)
    try:
        services.deploy_all(env)
        done = subprocess.run(
            [sys.executable, "-m", "ff_analytics.cli", "ingest/sample"],
            env={**os.environ, **env},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        yield Site(env, folder)
    finally:
        server.stop()


def test_a_drained_worker_lets_its_run_finish(site: Site, tmp_path: Path) -> None:
    release = tmp_path / "release"
    with site.worker("drained") as worker:
        run = site.hanging_run(release)
        drain = [sys.executable, "-m", "deployments.local.drain", f"--pid={worker.process.pid}"]
        waiting = subprocess.Popen(drain, cwd=PROJECT_ROOT, env={**os.environ, **site.env})
        until("the pool is paused", lambda: site.api("GET", f"/work_pools/{POOL}")["is_paused"])
        assert worker.process.poll() is None
        release.touch()
        assert waiting.wait(120) == 0
        until("the worker is gone", lambda: worker.process.poll() is not None)
    assert site.state(run) == "COMPLETED"
    assert site.api("GET", f"/work_pools/{POOL}")["is_paused"] is False


def test_a_service_worker_drains_when_it_is_told_to_stop(site: Site, tmp_path: Path) -> None:
    log, release = site.folder / "service.log", tmp_path / "release"
    arguments = ["deployments.local.worker", "--pool", POOL, "--name", "service"]
    with services.Service("worker", arguments, log, site.env, PROJECT_ROOT) as worker:
        until("the worker is up", lambda: "started!" in log.read_text())
        run = site.hanging_run(release)
        worker.process.terminate()
        until("the pool is paused", lambda: site.api("GET", f"/work_pools/{POOL}")["is_paused"])
        release.touch()
        assert worker.process.wait(60) == 0
    assert site.state(run) == "COMPLETED"


def test_prefects_own_stop_loses_the_run_and_the_watch_ends_it(site: Site, tmp_path: Path) -> None:
    with site.worker("stopped"):
        run = site.hanging_run(tmp_path / "release")
    # The reason for drain and watch: nobody says that this run is dead.
    assert site.state(run) == "RUNNING"
    looked = site.script("deployments.watch.loop", "--once")
    assert site.state(run) == "CRASHED", looked.stdout + looked.stderr


def test_worker_and_run_killed_at_once_free_their_slot(site: Site, tmp_path: Path) -> None:
    with site.worker("killed") as worker:
        run = site.hanging_run(tmp_path / "release")
        children = runs_of(worker.process.pid, processes())
        assert children
        for pid in (worker.process.pid, *children):
            os.kill(pid, signal.SIGKILL)
    assert site.state(run) == "RUNNING"
    looked = site.script("deployments.watch.loop", "--once")
    assert site.state(run) == "CRASHED", looked.stdout + looked.stderr
    with site.worker("next"):
        done = services.prefect(["deployment", "run", "analytics/template", "--watch"], site.env)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_living_run_is_left_in_peace(site: Site, tmp_path: Path) -> None:
    release = tmp_path / "release"
    with site.worker("alive"):
        run = site.hanging_run(release)
        site.script("deployments.watch.loop", "--once")
        assert site.state(run) == "RUNNING"
        release.touch()
        until("the run completes", lambda: site.state(run) == "COMPLETED")
