"""A Redis of our own for one test module; it may be stopped and started on the same data."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ff_analytics.platform.processes.services import free_port
from tests.waiting import PATIENCE

PASSWORD = "planted-redis-password-0123456789"


@dataclass
class Redis:
    """Where it listens, and the data that it keeps in `folder`."""

    port: int
    folder: Path
    host: str = "127.0.0.1"
    process: subprocess.Popen[bytes] = field(init=False)

    def url(self, database: int) -> str:
        return f"redis://:{PASSWORD}@{self.host}:{self.port}/{database}"

    def start(self) -> None:
        """With every write kept in a log, as deployments/compose/compose.yaml starts it."""
        heard = ["127.0.0.1"] if self.host == "127.0.0.1" else ["127.0.0.1", self.host]
        words = ["--port", str(self.port), "--dir", str(self.folder), "--save", ""]
        words += ["--requirepass", PASSWORD, "--appendonly", "yes", "--bind", *heard]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen([program(), *words], stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, (self.folder / "redis.log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as wire:
                wire.sendall(f"AUTH {PASSWORD}\r\nPING\r\n".encode())
                lines = wire.makefile("rb")
                return [lines.readline(), lines.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False


def program() -> str:
    """Path of redis-server; skips where there is none."""
    found = shutil.which("redis-server")
    if found is None:
        pytest.skip("Redis is not installed (Debian and Ubuntu: apt-get install redis-server)")
    return found


@contextmanager
def serve(folder: Path, host: str = "127.0.0.1") -> Iterator[Redis]:
    """Running, with its data below `folder`, on loopback and on `host`."""
    folder.mkdir(parents=True, exist_ok=True)
    running = Redis(free_port(), folder, host)
    try:
        running.start()
        yield running
    finally:
        running.stop()
