"""One real server and worker for the whole layer, on a copy of the project with a new product."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.processes import services
from ff_analytics.platform.scaffold import new_product, new_source
from tests import server_template
from tests.fakes import planted
from tests.waiting import FINAL, ask_api, until

NEW_PRODUCT = "trade-radar"
NEW_SOURCE = "draft-positions"


@dataclass(frozen=True)
class Platform:
    """How to reach the running platform, and what it works on."""

    env: Mapping[str, str]
    root: Path
    data: Path

    def prefect(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return services.prefect(list(arguments), self.env, self.root)

    def run(self, deployment: str, env: Mapping[str, str] | None = None, **parameters: Any) -> str:
        """Run and wait; the name of its final state, which is a completed one.

        `env` is set for this run's process only.
        """
        run = self.ended(deployment, env, **parameters)
        state = run["state"]
        assert state["type"] == "COMPLETED", f"{state['message']}\n{self.worker_log()}"
        return str(state["name"])

    def ended(
        self, deployment: str, env: Mapping[str, str] | None = None, **parameters: Any
    ) -> dict[str, Any]:
        """The flow run once it has ended. A text value may be JSON, as on the command line.

        `prefect deployment run`, which costs three seconds of processor time more, has its own
        tests.
        """
        known = ask_api(self.env, "GET", f"/deployments/name/{deployment}")["id"]
        wanted = {"parameters": {k: as_typed(v) for k, v in parameters.items()}}
        if env:
            wanted["job_variables"] = {"env": dict(env)}
        path = f"/deployments/{known}/create_flow_run"
        body = {**wanted, "idempotency_key": uuid4().hex}
        run = dict(ask_api(self.env, "POST", path, body))

        def over() -> bool:
            run.update(ask_api(self.env, "GET", f"/flow_runs/{run['id']}"))
            return run["state_type"] in FINAL

        until(f"a run of {deployment} ends", over, self.worker_log)
        return run

    def python(self, code: str, *arguments: str) -> str:
        """What a Python that reaches the platform prints."""
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=self.root,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def last_run_log(self) -> str:
        """Output of the run that wrote last."""
        logs = (self.data / "logs" / "runs").glob("*.log")
        newest = max(logs, key=lambda log: log.stat().st_mtime, default=None)
        return newest.read_text() if newest else "no run has written"

    def worker_log(self) -> str:
        """End of the worker's log and of the last run's, for messages of failed tests."""
        worker = services.tail(self.data.parent / "worker.log", 60)
        return f"{worker}\n{self.last_run_log()[-6000:]}"


def as_typed(value: Any) -> Any:
    """The value that `--param name=value` gives to a run."""
    if not isinstance(value, str | Path):
        return value
    try:
        return json.loads(str(value))
    except ValueError:
        return str(value)


def api(platform: Platform, path: str, **body: Any) -> Any:
    """Answer of the server's API to a POST."""
    return ask_api(platform.env, "POST", path, body)


def copy_of_the_project(target: Path) -> Path:
    """What git would hand to somebody who clones: tracked files, and new ones not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = PROJECT_ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    return target


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("platform")
    server_template.migrated(folder / "prefect", tmp_path_factory)
    root = copy_of_the_project(folder / "project")
    new_product.write(NEW_PRODUCT, root)
    new_source.write(NEW_SOURCE, root, folder / "data")
    paths = os.pathsep.join([str(root / "src"), str(root)])
    env = {**planted.environment(), "PYTHONPATH": paths, "FF_DATA_DIR": str(folder / "data")}
    with services.running_platform(folder, env, root) as reach:
        yield Platform(reach, root, folder / "data")


@pytest.fixture(scope="session")
def sample(platform: Platform) -> Platform:
    """The platform with the sample league loaded through the worker."""
    platform.run("ingest/sample")
    return platform
