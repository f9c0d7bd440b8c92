"""Command of a flow run in the process pool: Prefect's engine with its output in a file.

A worker reads the output of its runs through pipes. When the worker dies, the next log line of a
run hits a broken pipe and ends the run. So a run writes into `data/logs/runs/<flow run id>.log`
instead. The engine runs in this same interpreter: the file costs no second start of Python.

Where the worker's fork server answers, the run is a child of it, and this process stands for the
child: see `warm`. So nothing but the standard library is imported at the top.

The word `prefect_engine` in the module's name matters: drain and watch recognise a run by it in
the process table.
"""

import os
import runpy
import sys
import warnings
from datetime import UTC, datetime

from ff_analytics.platform.local.warm import client

ENGINE = "prefect.engine"


def _heading(run: str) -> str:
    """First line of an attempt: time, deployment, run, process and worker."""
    flow, deployment, worker = (
        os.environ.get(f"PREFECT__{name}_NAME", "?") for name in ("FLOW", "DEPLOYMENT", "WORKER")
    )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return f"{now} {flow}/{deployment}, flow run {run}, pid {os.getpid()}, worker {worker}\n"


def redirect(run: str) -> None:
    """Point stdout and stderr at the file of `run`; keep the worker's pipe where that fails."""
    from ff_analytics.engine.base.errors import FFError
    from ff_analytics.engine.base.settings import get_settings

    try:
        file = get_settings().run_logs_dir / f"{run}.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        # Appended: a run that is suspended or rescheduled starts again under the same id.
        with file.open("ab", buffering=0) as log:
            log.write(_heading(run).encode())
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
    except (OSError, FFError) as error:
        # The engine must start: it reports a wrong setting as the state of the run.
        sys.stderr.write(f"Output of flow run {run} goes to the worker, not to a file: {error}\n")


def plain() -> None:
    """Redirect the output, then become the engine of the run that the environment names."""
    # Prefect leaves its connections to the garbage collector. To print that warning, Python
    # imports a module; inside the lock of another import that ends with a KeyError (3.11).
    warnings.simplefilter("ignore", ResourceWarning)
    if run := os.environ.get("PREFECT__FLOW_RUN_ID"):
        redirect(run)
    sys.argv[:] = [ENGINE]
    runpy.run_module(ENGINE, run_name="__main__", alter_sys=True)


def main() -> None:
    """Run in a child of the fork server, or here."""
    code = client.run()
    if code is not None:
        sys.exit(code)
    plain()


if __name__ == "__main__":
    main()
