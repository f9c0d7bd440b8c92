"""`ff drain`: which processes it may stop."""

import sys

from ff_analytics.platform.local.drain import workers
from ff_analytics.platform.processes.process_table import Process

POOL = "local-process-pool"


def row(pid: int, python: str, pool: str = POOL) -> Process:
    return Process(pid, 1, f"{python} -m prefect worker start --pool {pool}")


def test_only_workers_of_this_checkout_and_pool_are_stopped() -> None:
    table = [
        row(11, sys.executable),
        row(12, "/elsewhere/.venv/bin/python"),
        row(13, sys.executable, "another-pool"),
        Process(14, 1, f"{sys.executable} -m prefect server start"),
    ]
    assert workers(POOL, table) == [11]
