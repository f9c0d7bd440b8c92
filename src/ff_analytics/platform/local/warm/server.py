"""The fork server: imports what every run imports, opens nothing, and forks a child per run.

It belongs to one worker and ends with it, after the runs that it has forked. It must have one
thread: a lock that another thread holds during a fork stays locked in the child. So libraries
that start threads when they are imported (Polars, DuckDB, pyarrow) are left to the child.

A request is read by the child, never here: parameters of one run cannot be in the memory of the
next. Where the project's files or the interpreter have changed, or after `MOST_RUNS` runs, a new
server takes the place of this one.
"""

import fcntl
import gc
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from ff_analytics.platform.local.warm import child, stale, wire
from ff_analytics.platform.local.warm.client import PATIENCE, address

MOST_RUNS = 200
# Runs in a row with another environment, after which a later run may start its own server.
MOST_OTHERS = 3
PRELOADED = (
    *("prefect.engine", "prefect.flow_engine", "prefect.task_engine", "prefect.assets"),
    *("prefect.client.orchestration", "prefect.events.clients", "dbt.cli.main", "dbt.task.build"),
    *("flows.analytics", "flows.ingest", "numpy", "jinja2"),
    "ff_analytics.platform.local.prefect_engine",
)


def threads() -> int:
    """Threads of this process, those of native libraries included."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


class Server:
    """One worker's fork server."""

    def __init__(self, folder: Path, worker: int, ends_with: int) -> None:
        self._folder, self._worker, self._ends_with = folder, worker, ends_with
        self._base = dict(os.environ)
        self._stamp = stale.stamp()
        self._listener: socket.socket | None = None
        # Connection to the client, by the pid of its child.
        self._children: dict[int, socket.socket] = {}
        self._forked = self._others = 0
        self._log = folder.parent / "logs" / "warm.log"
        self._failed = folder / "failed"
        self._lock = (folder / f"{worker}.lock").open("ab")

    def begin(self) -> bool:
        """False where the worker has a server, or this code could not be imported before."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        # Here alone: a data folder that is deleted later must not come back.
        self._log.parent.mkdir(parents=True, exist_ok=True)
        mark = stale.digest(self._stamp)
        if self._failed.exists() and self._failed.read_text() == mark:
            return False
        self._remove_left_overs()
        if not self.preload():
            self._failed.write_text(mark)
            return False
        return True

    def _remove_left_overs(self) -> None:
        """Sockets and locks of workers that are gone."""
        for file in self._folder.glob("*.*"):
            if file.stem.isdigit() and not Path("/proc", file.stem).exists():
                file.unlink(missing_ok=True)

    def log(self, line: str) -> None:
        """A line of the log; a full disk or a deleted folder must not end a server."""
        with suppress(OSError), self._log.open("a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%F %T')} {os.getpid()} {line}\n")

    def preload(self) -> bool:
        """Import; False when that failed, or left more than one thread."""
        # Its pool of threads would be in the way of a fork.
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        try:
            for module in PRELOADED:
                import_module(module)
        except Exception as error:
            self.log(f"no warm start: {type(error).__name__}: {error}")
            return False
        if threads() != 1:
            self.log(f"no warm start: {threads()} threads after the imports")
            return False
        gc.collect()
        gc.freeze()
        return True

    def listen(self) -> None:
        """Bind the socket, for this user alone; `OSError` where that cannot be."""
        at = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        path = address(at, self._worker)
        with suppress(FileNotFoundError):
            Path(path).unlink()
        listener = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            listener.bind(path)
        finally:
            os.umask(before)
            os.close(at)
        listener.listen(64)
        listener.setblocking(False)
        self._listener = listener
        self.log(f"ready for runs of worker {self._worker}")

    def _retire(self, reason: str, successor: bool) -> None:
        """Take no more runs; active ones continue."""
        if self._listener is None:
            return
        self.log(f"no more runs here: {reason}")
        with suppress(OSError):
            (self._folder / f"{self._worker}.sock").unlink()
        self._listener.close()
        self._listener = None
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        if successor:
            words = ["-m", "ff_analytics.platform.local.warm.server", str(self._folder)]
            subprocess.Popen(
                [sys.executable, *words, str(self._worker), str(self._ends_with)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=self._base,
                pass_fds=(self._ends_with,),
                start_new_session=True,
            )

    def _reap(self) -> None:
        """Tell each client how its child ended."""
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            connection = self._children.pop(pid, None)
            if connection is None:
                continue
            other = os.WIFEXITED(status) and os.WEXITSTATUS(status) == child.OTHER_ENVIRONMENT
            self._others = self._others + 1 if other else 0
            with suppress(OSError), connection:
                wire.send(connection, {"status": status})

    def _accept(self) -> socket.socket | None:
        """In a child the connection to its client; in the server None."""
        assert self._listener is not None
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return None
        who = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        changed = stale.change(self._stamp, stale.stamp())
        if struct.unpack("3i", who)[1] != os.getuid() or changed or threads() != 1:
            # Closed without an answer: the run starts plainly.
            connection.close()
            if changed or threads() != 1:
                self._retire(f"{changed or 'a second thread'} has changed", successor=True)
            return None
        connection.setblocking(True)
        connection.settimeout(PATIENCE)
        pid = os.fork()
        if pid == 0:
            return connection
        self._forked += 1
        self._children[pid] = connection
        return None

    def _forget(self, wakeup: tuple[int, int]) -> None:
        """In a child: nothing of the server, and of other runs, stays open."""
        signal.set_wakeup_fd(-1)
        for other in self._children.values():
            other.close()
        if self._listener:
            self._listener.close()
        self._lock.close()
        for fd in (self._ends_with, *wakeup):
            os.close(fd)

    def serve(self) -> socket.socket | None:
        """Fork a child per request. Returns in each child; None in the server, at its end."""
        wakeup = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wakeup[1])
        stopped: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda got, frame: stopped.append(got))
        signal.signal(signal.SIGCHLD, lambda got, frame: None)
        while self._listener or self._children:
            ready = self._wait(wakeup[0])
            self._reap()
            if self._ends_with in ready or stopped:
                self._retire("the worker has ended" if not stopped else "stopped", successor=False)
            elif self._forked >= MOST_RUNS:
                self._retire(f"{self._forked} runs", successor=True)
            elif self._others >= MOST_OTHERS:
                self._retire("runs have another environment by now", successor=False)
            if self._listener and self._listener.fileno() in ready:
                connection = self._accept()
                if connection is not None:
                    self._forget(wakeup)
                    return connection
        self.log("ended")
        return None

    def _wait(self, woken: int) -> set[int]:
        """Descriptors with news."""
        poll = select.poll()
        poll.register(woken, select.POLLIN)
        if self._listener:
            poll.register(self._ends_with, select.POLLIN)
            poll.register(self._listener, select.POLLIN)
        ready = {fd for fd, _ in poll.poll()}
        if woken in ready:
            with suppress(BlockingIOError):
                os.read(woken, 4096)
        return ready


def main() -> None:
    """Serve until the worker ends; in a child, become the run."""
    folder, worker, ends_with = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    os.set_inheritable(ends_with, False)
    server = Server(folder, worker, ends_with)
    base = dict(os.environ)
    if not server.begin():
        return
    server.listen()
    connection = server.serve()
    if connection is None:
        return
    child.prepare(connection, base)
    become(connection)


def become(connection: socket.socket) -> None:
    """Run as the plain start does from here on, and leave the interpreter the same way."""
    from ff_analytics.platform.local import prefect_engine

    error: BaseException | None = None
    try:
        prefect_engine.plain()
    except BaseException as raised:
        error = raised
        raise
    finally:
        child.send_exit_code(connection, error)


if __name__ == "__main__":
    main()
