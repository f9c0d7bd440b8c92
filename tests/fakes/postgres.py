"""A Postgres of our own for one test module: a cluster in a temporary folder, gone at the end."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deployments.local.services import free_port

PASSWORD = "planted-postgres-password-0123456789"
USER = "ff"


@dataclass(frozen=True)
class Postgres:
    """Where it listens; every user needs the password."""

    port: int

    def dsn(self, database: str) -> str:
        """As libpq and DuckDB write it."""
        where = f"host=127.0.0.1 port={self.port} dbname={database}"
        return f"{where} user={USER} password={PASSWORD}"

    def url(self, database: str) -> str:
        """As Prefect's server writes it."""
        return f"postgresql+asyncpg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"


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
def serve(*databases: str) -> Iterator[Postgres]:
    """A running cluster with these databases."""
    initdb, postgres, createdb = map(_program, ("initdb", "postgres", "createdb"))
    # Not below pytest's folder, which only its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="ff-postgres-"))
    account = _account()
    word = folder / "password"
    word.write_text(PASSWORD)
    if account:
        for path in (folder, word):
            shutil.chown(path, account)
    data, port = folder / "data", free_port()
    arguments = ["-A", "scram-sha-256", "-U", USER, f"--pwfile={word}", "-N"]
    subprocess.run(
        [initdb, "-D", str(data), *arguments],
        user=account,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    options = ["-c", "fsync=off", "-c", f"unix_socket_directories={folder}", "-h", "127.0.0.1"]
    server = subprocess.Popen(
        [postgres, "-D", str(data), "-p", str(port), *options],
        user=account,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for name in databases:
            _create(createdb, port, name)
        yield Postgres(port)
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _create(createdb: str, port: int, name: str) -> None:
    """Make a database, as soon as the server answers."""
    command = [createdb, "-h", "127.0.0.1", "-p", str(port), "-U", USER, name]
    deadline = time.monotonic() + 30
    while True:
        env = {**os.environ, "PGPASSWORD": PASSWORD}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        assert time.monotonic() < deadline, done.stderr
        time.sleep(0.2)
