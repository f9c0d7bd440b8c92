"""A fork server whose runs are a line of Python, and its clients: no Prefect, no import of it."""

import os
import subprocess
import sys
from pathlib import Path

from ff_analytics.platform.local.warm import client
from tests.waiting import until

# The run: `code` of the environment variable that Prefect would set for one run.
ENGINE = """
import os, sys
from ff_analytics.platform.local import prefect_engine
from ff_analytics.platform.local.warm import server
server.PRELOADED = ("numpy.random",)
def plain():
    exec(os.environ["PREFECT__CODE"], {"os": os, "sys": sys})
prefect_engine.plain = plain
"""
SERVER = ENGINE + "server.main()\n"
CLIENT = ENGINE + "prefect_engine.main()\n"


class Site:
    """A worker as far as fork server and clients are concerned: this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "warm"
        self.folder.mkdir(mode=0o700)
        self.cwd = folder / "cwd"
        self.cwd.mkdir()
        self.env = {**os.environ, client.FOLDER: str(self.folder)}
        self.log = folder / "logs" / "warm.log"
        self.servers: list[subprocess.Popen[bytes]] = []
        self.clients: list[subprocess.Popen[str]] = []

    def start(self, code: str = SERVER, worker: int | None = None) -> subprocess.Popen[bytes]:
        """A server that has bound its socket; it ends with `worker`, else with this process."""
        ends_with = os.pidfd_open(worker or os.getpid())
        words = [str(self.folder), str(os.getpid()), str(ends_with)]
        said = self.said().count("ready")
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            env=self.env,
            pass_fds=(ends_with,),
            start_new_session=True,
        )
        os.close(ends_with)
        self.servers.append(process)

        def ready() -> bool:
            assert process.poll() is None, f"the server ended: {self.said()}"
            return self.said().count("ready") > said

        until("the server is ready", ready, self.said, patience=60)
        return process

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def popen(self, code: str, **env: str) -> subprocess.Popen[str]:
        """A client; its run executes `code`."""
        process = subprocess.Popen(
            [sys.executable, "-c", CLIENT],
            cwd=self.cwd,
            env={**self.env, "PREFECT__CODE": code, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.clients.append(process)
        return process

    def run(self, code: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """A client that has ended."""
        process = self.popen(code, **env)
        out, err = process.communicate("", timeout=60)
        return subprocess.CompletedProcess([], process.returncode, out, err)

    def close(self) -> None:
        for client_ in self.clients:
            client_.kill()
            for stream in (client_.stdin, client_.stdout, client_.stderr):
                if stream:
                    stream.close()
            client_.wait()
        for server in self.servers:
            server.kill()
            server.wait()
