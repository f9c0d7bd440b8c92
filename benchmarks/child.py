"""Measure a module of this package in a process of its own: wall time and peak memory."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from ff_analytics.engine.base.settings import PROJECT_ROOT


@dataclass(frozen=True)
class Done:
    """The child's last line (JSON), and the kernel's resource usage of it."""

    value: Any
    seconds: float
    peak_mb: float


def run(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
    """`python -m benchmarks.<module>`; the time includes start and end of the process."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    started = perf_counter()
    process = subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    # wait4 instead of wait: it brings the peak memory of just this child.
    _, status, usage = os.wait4(process.pid, 0)
    seconds = perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} ended with {process.returncode}:\n{output}")
    lines = output.strip().splitlines()
    return Done(json.loads(lines[-1]) if lines else None, seconds, usage.ru_maxrss / 1024)
