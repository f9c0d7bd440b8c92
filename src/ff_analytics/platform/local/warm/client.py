"""The run's process as the worker knows it: asks the fork server for a child, and stands for it.

Signals that reach this process go to the child; the child's end, by exit code or signal, becomes
this process's own; and the kernel kills the child when this process dies. Only the standard
library is imported here, and little of it: this is what a warm start costs.
"""

import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Any, NoReturn

from ff_analytics.platform.local.warm import wire

# Set by the worker's start-up hook; empty where runs start plainly.
FOLDER = "FF_WARM_DIR"
# A server that does not answer within this is left alone, and the run starts plainly.
PATIENCE = 5.0
FORWARDED = (
    *(signal.SIGTERM, signal.SIGINT, signal.SIGHUP),
    *(signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2),
)
# Files in the working directory from which Prefect would read settings.
_SETTINGS = (".env", "prefect.toml", "pyproject.toml")


def address(folder: int, worker: int) -> str:
    """The server's socket below the open `folder`: short, however long the path is."""
    return f"/proc/self/fd/{folder}/{worker}.sock"


def _connect(folder: str) -> socket.socket:
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(PATIENCE)
        connection.connect(address(at, os.getppid()))
    except OSError:
        connection.close()
        raise
    finally:
        os.close(at)
    return connection


def request() -> dict[str, Any]:
    """What a plain start would inherit from the worker, beside the descriptors."""
    return {
        "env": dict(os.environ),
        "umask": _umask(),
        "argv": sys.argv,
        "orig_argv": sys.orig_argv,
        "path0": sys.path[0],
        "ignored": [s for s in FORWARDED if signal.getsignal(s) is signal.SIG_IGN],
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    }


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def run() -> int | None:
    """Exit code of the run in a child of the server; None: start it plainly."""
    folder = os.environ.get(FOLDER)
    if not folder or any(map(os.path.exists, _SETTINGS)):
        return None
    try:
        connection = _connect(folder)
    except OSError:
        with suppress(OSError):
            start_server(folder)
        return None
    here = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Streams in the queue of a server that hangs would stay open, and the worker waits for
        # their end: they are sent to a child that lives.
        wire.receive(connection)
        wire.send(connection, request(), (0, 1, 2, here))
        answer, _ = wire.receive(connection)
        child = os.pidfd_open(answer["pid"]) if "pid" in answer else None
    except (OSError, EOFError, ValueError):
        child = None
    finally:
        os.close(here)
    if child is None:
        connection.close()
        return None
    with connection:
        return _stand_for(child, connection)


def _stand_for(child: int, connection: socket.socket) -> int:
    """Let the child begin, pass signals on, and end as it ends."""

    def forward(number: int, frame: object) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(child, number)

    for number in FORWARDED:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, forward)
    connection.settimeout(None)
    code = None
    with suppress(OSError, EOFError):
        wire.send(connection, {"go": True})
        while True:
            message, _ = wire.receive(connection)
            # The child says its exit code, then the server how it really ended.
            code = message.get("code", code)
            if "status" in message:
                return _end_like(message["status"])
    # No server any more. The connection has no other end, so the child is gone as well.
    select.select([child], [], [])
    if code is None:
        die_of(signal.SIGKILL)
    return int(code)


def _end_like(status: int) -> int:
    if os.WIFSIGNALED(status):
        die_of(os.WTERMSIG(status))
    return os.WEXITSTATUS(status)


def die_of(number: int) -> NoReturn:
    """End by the signal that ended the child."""
    import resource

    # One core dump is enough.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (number,))
    os.kill(os.getpid(), number)
    os._exit(128 + number)


def start_server(folder: str) -> None:
    """Start the worker's fork server in the background, for the runs after this one.

    It gets the environment that runs have, without what belongs to this one.
    """
    import subprocess

    worker = os.getppid()
    ends_with = os.pidfd_open(worker)
    if os.getppid() != worker:
        # The worker has just died; its number may be another process's by now.
        return
    env = {name: value for name, value in os.environ.items() if not of_one_run(name)}
    module = "ff_analytics.platform.local.warm.server"
    subprocess.Popen(
        [sys.executable, "-m", module, folder, str(worker), str(ends_with)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=env,
        pass_fds=(ends_with,),
        start_new_session=True,
    )
    os.close(ends_with)


def of_one_run(name: str) -> bool:
    """Whether Prefect, or a test of faults, sets this variable for every run."""
    return name.startswith(("PREFECT__", "FF_FAULT"))
