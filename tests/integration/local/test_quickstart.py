"""`scripts/quickstart | head`: who reads no more must not leave a worker running."""

import os
import subprocess
import sys
from pathlib import Path

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.processes.process_table import processes
from tests.waiting import PATIENCE

WORKER = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "prefect.engine"]).wait()
"""
# Stops a worker that has a run under way, speaking into a pipe that nobody reads.
STOP = """
import sys
from contextlib import ExitStack
from pathlib import Path
from ff_analytics.platform.local import quickstart
from ff_analytics.platform.processes import services

worker = services.Service("worker", ["pretended_worker"], Path("worker.log"), {}, Path.cwd())
print(worker.process.pid, file=sys.stderr)
while not quickstart.runs_of(worker.process.pid, quickstart.processes()):
    worker.check()
with ExitStack() as stack:
    stack.callback(quickstart.stop_worker, worker)
    quickstart.log("discarded")
"""


def test_a_closed_pipe_does_not_keep_the_worker_running(tmp_path: Path) -> None:
    (tmp_path / "pretended_worker.py").write_text(WORKER)
    ours, theirs = os.pipe()
    os.close(ours)
    stopped = subprocess.run(
        [sys.executable, "-c", STOP],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{PROJECT_ROOT}{os.pathsep}{tmp_path}"},
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    os.close(theirs)
    worker = int(stopped.stderr.splitlines()[0])
    assert worker not in {process.pid for process in processes()}, stopped.stderr
