"""`ff drain`: stop a worker so that no run is lost.

Prefect's own stop (SIGTERM, Ctrl-C) kills the worker's runs within a second and leaves them
Running forever. So: pause the pool, let the runs finish, end the remaining ones so that they
report it themselves, and only then stop the worker. The pool is restored at the end.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ff_analytics.platform.log import lines
from ff_analytics.platform.processes.process_table import Process, is_run, processes


def workers(pool: str, table: list[Process]) -> list[int]:
    """Workers of `pool` that run with this checkout's Python; others are not ours to stop."""
    words = ("worker start", pool, f"{sys.prefix}/")
    return [
        p.pid
        for p in table
        if "prefect" in p.command and all(w in p.command for w in words) and p.pid != os.getpid()
    ]


def runs_of(worker: int, table: list[Process]) -> list[int]:
    """Flow run processes that the worker started."""
    return [p.pid for p in table if p.parent == worker and is_run(p)]


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Poll; False when time runs out."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


log = lines(lambda: "drain: ")


def _signal(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def end_worker(worker: int, grace: float) -> bool:
    """Wait for the worker's runs, end those that outlast `grace`, then the worker itself."""
    left = runs_of(worker, processes())
    if left:
        log(f"worker {worker}: waiting up to {grace:.0f} s for {len(left)} runs")
    if not wait_until(lambda: not runs_of(worker, processes()), grace):
        left = runs_of(worker, processes())
        log(f"worker {worker}: ending {len(left)} runs that outlast the grace; they say Crashed")
        _signal(left)
        wait_until(lambda: not runs_of(worker, processes()), 30)
    # The worker reports the end of its last run; it must not stop before that.
    time.sleep(1)
    _signal([worker])
    return wait_until(lambda: all(p.pid != worker for p in processes()), 30)


def _pause(pool: str, paused: bool) -> bool:
    """Pause or resume the pool; returns what it was before."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolUpdate

    with get_client(sync_client=True) as client:
        before = client.read_work_pool(pool).is_paused
        client.update_work_pool(pool, WorkPoolUpdate(is_paused=paused))
    return bool(before)


@contextmanager
def _no_new_runs(pool: str) -> Iterator[None]:
    """Pause the pool and restore it afterwards.

    Without a server nothing can be paused, and no new run can start either: active runs
    get their grace period all the same.
    """
    try:
        before = _pause(pool, True)
    except Exception as error:
        log(f"the pool could not be paused ({type(error).__name__}); going on without")
        yield
        return
    try:
        yield
    finally:
        # One that was paused before is left as it is now: a worker of another host may be draining.
        try:
            if not before:
                _pause(pool, False)
            log(f"the pool is {'left paused' if before else 'open again'}")
        except Exception as error:
            log(f"the pool stays paused ({type(error).__name__}): prefect work-pool resume {pool}")


def chosen(pool: str, only: int | None = None) -> dict[int, list[int]]:
    """This checkout's workers of `pool`, or only that one, with their runs; process ids."""
    table = processes()
    return {w: runs_of(w, table) for w in workers(pool, table) if only is None or w == only}


def drain(pool: str, grace: float, only: int | None = None) -> int:
    """Stop this checkout's workers of `pool`; 0 when all have ended."""
    found = chosen(pool, only)
    if not found:
        log(f"no worker of {pool} runs from this checkout")
        return 0
    with _no_new_runs(pool):
        ended = [end_worker(worker, grace) for worker in found]
    log(f"{sum(ended)} of {len(found)} workers stopped")
    return 0 if all(ended) else 1
