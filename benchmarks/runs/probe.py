"""Command of a measured flow run: the engine itself, with a clock around it.

A job variable `command: python -m benchmarks.runs.probe` puts it in the engine's place. It writes
wall-clock moments, API calls, processor time and peak memory as JSON to FF_BENCHMARK_PROBE.
"""

import time

BEGUN = time.time()

import atexit  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import runpy  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

told: dict[str, Any] = {"python": BEGUN, "calls": []}


def _spawned() -> float:
    """Creation time of this process in the kernel, before the start of the interpreter."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    up = float(Path("/proc/uptime").read_text().split()[0])
    return time.time() - (up - ticks / os.sysconf("SC_CLK_TCK"))


def _write() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    told.update(exit=time.time(), cpu=used.ru_utime + used.ru_stime, peak_mb=used.ru_maxrss / 1024)
    Path(os.environ["FF_BENCHMARK_PROBE"]).write_text(json.dumps(told))


def _watch_calls() -> None:
    """Note path, start and seconds of every API request."""
    import httpx

    def noted(request: httpx.Request, started: float) -> None:
        path = f"{request.method} {request.url.path.removeprefix('/api')}"
        told["calls"].append((path, started, time.time() - started))

    asynchronous, synchronous = httpx.AsyncClient.send, httpx.Client.send

    async def send_async(self: httpx.AsyncClient, request: httpx.Request, **options: Any) -> Any:
        started = time.time()
        try:
            return await asynchronous(self, request, **options)
        finally:
            noted(request, started)

    def send(self: httpx.Client, request: httpx.Request, **options: Any) -> Any:
        started = time.time()
        try:
            return synchronous(self, request, **options)
        finally:
            noted(request, started)

    httpx.AsyncClient.send, httpx.Client.send = send_async, send  # type: ignore[method-assign]


if __name__ == "__main__":
    told["spawned"] = _spawned()
    atexit.register(_write)
    import prefect.flow_engine  # noqa: F401

    told["prefect"] = time.time()
    _watch_calls()
    sys.argv = ["prefect.engine"]
    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)
