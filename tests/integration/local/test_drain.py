"""`ff drain` where the server is gone: the runs under way still get their time."""

import os
import subprocess
import sys
from pathlib import Path

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.local.drain import runs_of, wait_until
from ff_analytics.platform.processes.process_table import processes
from ff_analytics.platform.processes.services import free_port
from tests.waiting import PATIENCE

# What the process table shows of a worker, with one run below it.
RUN = "import time, pathlib, sys; time.sleep(1.5); pathlib.Path(sys.argv[1]).touch()"
WORKER = (
    "import subprocess, sys, time; "
    "run = [sys.executable, '-c', *sys.argv[-2:], 'prefect.engine']; "
    "subprocess.Popen(run).wait(); time.sleep(300)"
)


def test_without_a_server_the_runs_finish_before_the_worker_ends(tmp_path: Path) -> None:
    done = tmp_path / "run-finished"
    words = ["prefect", "worker start", "a-pool-of-this-test", RUN, str(done)]
    worker = subprocess.Popen([sys.executable, "-c", WORKER, *words])
    assert wait_until(lambda: runs_of(worker.pid, processes()) != [], PATIENCE)
    nobody = f"http://127.0.0.1:{free_port()}/api"
    drained = subprocess.run(
        [
            sys.executable,
            "-m",
            "ff_analytics.cli",
            "drain",
            "--pool",
            "a-pool-of-this-test",
        ],
        env={**os.environ, "PREFECT_API_URL": nobody, "PREFECT_CLIENT_MAX_RETRIES": "0"},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    worker.wait(PATIENCE)
    assert drained.returncode == 0, drained.stdout + drained.stderr
    assert done.exists()
    assert "could not be paused (ConnectError)" in drained.stdout
    assert "1 of 1 workers stopped" in drained.stdout
