"""A Postgres of our own for one test module: a cluster in a temporary folder, gone at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ff_analytics.platform.processes.services import free_port
from tests.waiting import PATIENCE

PASSWORD = "planted-postgres-password-0123456789"
USER = "ff"


@dataclass
class Postgres:
    """Where it listens; every user needs the password. It may be stopped and started again."""

    port: int
    folder: Path
    host: str = "127.0.0.1"
    process: subprocess.Popen[bytes] = field(init=False)

    def create(self, database: str) -> None:
        """Make an empty database."""
        _create(_program("createdb"), self.port, database)

    def dsn(self, database: str) -> str:
        """As libpq and DuckDB write it."""
        where = f"host={self.host} port={self.port} dbname={database}"
        return f"{where} user={USER} password={PASSWORD}"

    def url(self, database: str) -> str:
        """As Prefect's server writes it."""
        return f"postgresql+asyncpg://{USER}:{PASSWORD}@{self.host}:{self.port}/{database}"

    def start(self) -> None:
        """On the same port and data as before."""
        heard = "127.0.0.1" if self.host == "127.0.0.1" else f"127.0.0.1,{self.host}"
        options = ["-c", "fsync=off", "-c", f"unix_socket_directories={self.folder}", "-h", heard]
        self.process = subprocess.Popen(
            [_program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *options],
            user=_account(),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """As a service manager does: clients are cut off, what is committed stays."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)


def _program(name: str) -> str:
    """Path of a Postgres program; skips where there is none."""
    found = shutil.which(name) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )
    if found is None:
        pytest.skip("Postgres is not installed (Debian and Ubuntu: apt-get install postgresql)")
    return found


def _account() -> str | None:
    """Postgres refuses to run as root; its package brings an account of its own."""
    return "postgres" if os.geteuid() == 0 else None


@contextmanager
def serve(*databases: str, host: str = "127.0.0.1") -> Iterator[Postgres]:
    """A running cluster with these databases, on loopback and on `host`."""
    initdb, createdb = _program("initdb"), _program("createdb")
    # Not below pytest's folder, which only its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="ff-postgres-"))
    account = _account()
    word = folder / "password"
    word.write_text(PASSWORD)
    if account:
        for path in (folder, word):
            shutil.chown(path, account)
    arguments = ["-A", "scram-sha-256", "-U", USER, f"--pwfile={word}", "-N"]
    subprocess.run(
        [initdb, "-D", str(folder / "data"), *arguments],
        user=account,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    with (folder / "data" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all samenet scram-sha-256\n")
    running = Postgres(free_port(), folder, host)
    running.start()
    try:
        for name in databases:
            _create(createdb, running.port, name)
        yield running
    finally:
        # At once: what it holds is thrown away, so nobody waits for a checkpoint.
        running.process.send_signal(signal.SIGQUIT)
        running.process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _create(createdb: str, port: int, name: str) -> None:
    """Make a database, as soon as the server answers."""
    command = [createdb, "-h", "127.0.0.1", "-p", str(port), "-U", USER, name]
    deadline = time.monotonic() + PATIENCE
    while True:
        env = {**os.environ, "PGPASSWORD": PASSWORD}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        assert time.monotonic() < deadline, done.stderr
        time.sleep(0.2)
