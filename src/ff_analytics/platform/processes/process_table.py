"""The machine's process table, as `ps` shows it on Linux and macOS."""

import subprocess
from typing import NamedTuple


class Process(NamedTuple):
    """A line of the process table."""

    pid: int
    parent: int
    command: str


# What the command line of a flow run holds: our engine's, Prefect's own, or its supervisor's.
_RUNS = ("prefect_engine", "prefect.engine", "_workspace_supervisor")


def is_run(process: Process) -> bool:
    """Whether the process is a flow run; the folder's own name does not make it one."""
    return any(word in process.command for word in _RUNS)


def processes() -> list[Process]:
    """All processes of this machine; dead ones without a waiting parent do not count."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split(None, 3) for line in listed.stdout.splitlines())
    return [Process(int(r[0]), int(r[1]), r[3]) for r in rows if len(r) == 4 and r[2][0] != "Z"]
