"""Start and stop a Prefect server and a worker as processes of our own, and wait for them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

import httpx

from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.base.settings import PROJECT_ROOT

Alive = Callable[[], None]
PREFECT = [sys.executable, "-m", "prefect"]


class ServiceFailed(FFError):
    """A server or worker process did not start, or ended unexpectedly."""

    kind = "service"


def free_port_is(port: int) -> bool:
    """True when `port` can be bound on loopback."""
    with socket.socket() as probe:
        # As the server does: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(first: int = 0) -> int:
    """A free loopback port; with `first`, the first free one from there on."""
    if first == 0:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])
    for port in range(first, first + 100):
        if free_port_is(port):
            return port
    raise ConfigError(f"No free port from {first} to {first + 99}. Give one with --port.")


def api_state(url: str, login: str | None) -> str:
    """`ours` (accepts our login), `locked` (401), `foreign` (something else) or `free`."""
    auth = httpx.BasicAuth(*login.split(":", 1)) if login else None
    try:
        with httpx.Client(timeout=5.0, trust_env=False) as client:
            answer = client.get(f"{url}/admin/version", auth=auth)
    except httpx.ConnectError:
        return "free"
    except httpx.HTTPError:
        return "foreign"
    return {200: "ours", 401: "locked"}.get(answer.status_code, "foreign")


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log, for error messages."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def since(log: Path, offset: int) -> str:
    """What a log holds after its first `offset` bytes, which are not as many characters."""
    return log.read_bytes()[offset:].decode(errors="replace") if log.exists() else ""


class Service:
    """One child process in a session of its own, with a log file."""

    def __init__(
        self, name: str, arguments: list[str], log: Path, env: Mapping[str, str], root: Path
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.log = log
        self._out: IO[bytes] = log.open("ab")
        # A session of its own keeps Ctrl-C away from it: we stop it, in order.
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdout=self._out,
            stderr=subprocess.STDOUT,
            cwd=root,
            env={**os.environ, **env},
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def check(self) -> None:
        """Raise `ServiceFailed` with the end of the log when the process has ended."""
        if (code := self.process.poll()) is not None:
            raise ServiceFailed(
                f"The {self.name} ended with code {code}. Its log ({self.log}) says:\n"
                f"{tail(self.log)}"
            )

    def stop(self, grace: float = 15.0) -> None:
        """SIGTERM to the process, after `grace` seconds SIGKILL to its whole session."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._out.close()


def wait_until(
    what: str, done: Callable[[], bool], service: Service, timeout: float, poll: float = 0.2
) -> None:
    """Poll `done` until it is True; the service must stay alive meanwhile."""
    deadline = time.monotonic() + timeout
    while not done():
        service.check()
        if time.monotonic() > deadline:
            raise ServiceFailed(
                f"{what} took more than {timeout:.0f} s. Log {service.log}:\n{tail(service.log)}"
            )
        time.sleep(poll)


def start_server(
    port: int, log: Path, env: Mapping[str, str], root: Path = PROJECT_ROOT
) -> Service:
    """A Prefect server on 127.0.0.1:`port`, healthy when this returns."""
    service = Service("server", ["prefect", "server", "start", "--port", str(port)], log, env, root)
    login = env.get("PREFECT_API_AUTH_STRING")
    url = f"http://127.0.0.1:{port}/api"

    def up() -> bool:
        state = api_state(url, login)
        if state == "locked":
            raise ServiceFailed(
                f"The server at {url} is up and refuses our login. Make PREFECT_API_AUTH_STRING "
                "and PREFECT_SERVER_API_AUTH_STRING equal, in .env and in the environment."
            )
        return state == "ours"

    try:
        wait_until("Starting the server", up, service, 120)
    except BaseException:
        service.stop()
        raise
    return service


def start_worker(
    pool: str,
    log: Path,
    env: Mapping[str, str],
    name: str = "quickstart",
    root: Path = PROJECT_ROOT,
) -> Service:
    """A worker of `pool`; ready according to its log."""
    offset = log.stat().st_size if log.exists() else 0
    arguments = ["prefect", "worker", "start", "--pool", pool, "--name", name]
    # The caller starts the watch as one of the services.
    service = Service("worker", arguments, log, {**env, "FF_WATCH": "false"}, root)

    def started() -> bool:
        return "started!" in since(log, offset)

    try:
        wait_until("Starting the worker", started, service, 60)
    except BaseException:
        service.stop()
        raise
    return service


def start_watch(log: Path, env: Mapping[str, str]) -> Service:
    """The watch loop beside the server; it needs no start-up time of ours."""
    return Service("watch", ["ff_analytics.cli", "watch"], log, env, PROJECT_ROOT)


def reach(folder: Path, port: int) -> dict[str, str]:
    """Environment of a platform of its own below `folder`, with the server on `port`."""
    return {
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
        "PREFECT_SERVER_API_AUTH_STRING": "admin:test-only",
        "PREFECT_API_AUTH_STRING": "admin:test-only",
        # Two servers of one installation that prepare its pages at once can spoil them.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(folder / "ui"),
        "FF_DATA_DIR": str(folder / "data"),
    }


@contextmanager
def running_platform(
    folder: Path, env: Mapping[str, str] | None = None, root: Path = PROJECT_ROOT
) -> Iterator[dict[str, str]]:
    """Server, deployments of `root` and a worker, all below `folder`; stopped at the end.

    Yields the environment with which commands and clients reach them.
    """
    port = free_port()
    values = {**reach(folder, port), **(env or {})}
    server = start_server(port, folder / "server.log", values, root)
    try:
        deploy_all(values, root)
        worker = start_worker("local-process-pool", folder / "worker.log", values, root=root)
        try:
            yield values
        finally:
            worker.stop()
    finally:
        server.stop()


def prefect(
    arguments: list[str], env: Mapping[str, str], root: Path = PROJECT_ROOT
) -> subprocess.CompletedProcess[str]:
    """Run one prefect command in the project's folder."""
    return subprocess.run(
        [*PREFECT, *arguments],
        cwd=root,
        env={**os.environ, **env},
        text=True,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def deploy_all(env: Mapping[str, str], root: Path = PROJECT_ROOT) -> str:
    """`prefect deploy --all`; `ServiceFailed` with its output when it fails."""
    done = prefect(["--no-prompt", "deploy", "--all"], env, root)
    if done.returncode:
        raise ServiceFailed(f"prefect deploy --all failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout
