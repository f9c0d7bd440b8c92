"""Turn the forked child into a flow run that is indistinguishable from a plain start."""

import fcntl
import os
import random
import select
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn

from ff_analytics.platform.local.warm import client, wire

# How a child ends that did not become a run, because its environment is another one.
OTHER_ENVIRONMENT = 77
# fcntl.F_SETSIG has a name since Python 3.13 only.
_F_SETSIG = 10


def difference(base: Mapping[str, str], env: Mapping[str, str]) -> list[str]:
    """Names of variables that modules may have read while they were imported, and differ."""
    names = base.keys() | env.keys()
    return sorted(n for n in names if not client.of_one_run(n) and base.get(n) != env.get(n))


def _give_up(connection: socket.socket, reason: str, code: int) -> NoReturn:
    with suppress(OSError):
        wire.send(connection, {"plain": reason})
    os._exit(code)


def _take_over(message: Mapping[str, Any], fds: list[int]) -> None:
    """Streams, folder, environment, mask and signals of the client."""
    os.setsid()
    for number, fd in enumerate(fds[:3]):
        os.dup2(fd, number)
    os.fchdir(fds[3])
    for fd in fds:
        os.close(fd)
    os.umask(message["umask"])
    os.environ.clear()
    os.environ.update(message["env"])
    sys.argv[:] = message["argv"]
    sys.orig_argv[:] = message["orig_argv"]
    sys.path[0] = message["path0"]
    for number in (*client.FORWARDED, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in message["ignored"]:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, message["blocked"])


def _new_random_state() -> None:
    """Python does it for its own generator after a fork; numpy's global one is ours to do."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def _die_with_client(connection: socket.socket) -> None:
    """From now on the kernel kills this process when the client's end of `connection` closes."""
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(connection, fcntl.F_SETFL, fcntl.fcntl(connection, fcntl.F_GETFL) | os.O_ASYNC)
    gone = select.poll()
    gone.register(connection, select.POLLRDHUP | select.POLLHUP)
    if gone.poll(0):
        os._exit(1)


def prepare(connection: socket.socket, base: Mapping[str, str]) -> None:
    """Become like the client's process, and wait until it says go; ends here where it does not."""
    connection.settimeout(client.PATIENCE)
    try:
        wire.send(connection, {"ready": True})
        message, fds = wire.receive(connection)
    except (OSError, EOFError, ValueError):
        os._exit(1)
    if names := difference(base, message["env"]):
        _give_up(connection, f"the environment differs: {', '.join(names)}", OTHER_ENVIRONMENT)
    if len(fds) != 4:
        _give_up(connection, "a standard stream is closed", 1)
    _take_over(message, fds)
    _new_random_state()
    try:
        wire.send(connection, {"pid": os.getpid()})
        connection.settimeout(None)
        wire.receive(connection)
    except (OSError, EOFError, ValueError):
        os._exit(1)
    _die_with_client(connection)


def send_exit_code(connection: socket.socket, error: BaseException | None) -> None:
    """Tell the client the exit code, for the case that the server cannot."""
    code = 1 if error else 0
    if isinstance(error, SystemExit):
        plain = error.code if isinstance(error.code, int) else bool(error.code)
        code = plain & 0xFF
    flags = fcntl.fcntl(connection, fcntl.F_GETFL)
    fcntl.fcntl(connection, fcntl.F_SETFL, flags & ~os.O_ASYNC)
    with suppress(OSError):
        wire.send(connection, {"code": code})
    # Open until the process ends, and no leak that Python would warn of.
    connection.detach()
