"""The machine's process table, as `ps` shows it on Linux and macOS."""

import subprocess
from typing import NamedTuple


class Process(NamedTuple):
    """A line of the process table."""

    pid: int
    parent: int
    command: str


def processes() -> list[Process]:
    """All processes of this machine; dead ones that nobody has waited for do not count."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split(None, 3) for line in listed.stdout.splitlines())
    return [Process(int(r[0]), int(r[1]), r[3]) for r in rows if len(r) == 4 and r[2][0] != "Z"]
