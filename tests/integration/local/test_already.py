"""A second quickstart: what runs is noticed, and a port of others is refused in one sentence."""

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.platform import env_file
from ff_analytics.platform.api import rest
from ff_analytics.platform.local import already_running, app, quickstart
from ff_analytics.platform.processes import services
from ff_analytics.platform.processes.process_table import Process

LOGIN = "admin:of-this-folder"


class Server(HTTPServer):
    """A Prefect server that requires `login`, no login (empty), or another program (None)."""

    login: str | None = ""


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        wanted = self.server.login
        given = self.headers.get("Authorization", "").removeprefix("Basic ")
        if wanted is None:
            self.send_error(404)
        elif wanted and base64.b64decode(given).decode() != wanted:
            self.send_error(401)
        else:
            self.send_response(200)
            self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(env_file, "read", lambda: {"PREFECT_API_AUTH_STRING": LOGIN})
    with Server(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


def test_our_own_server_is_used(server: Server) -> None:
    server.login = LOGIN
    assert already_running.choose_port(server.server_port) == (server.server_port, True)


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("admin:of-another-folder", "the Prefect server of another folder"),
        ("", "the Prefect server of another folder"),
        (None, "in use by another program"),
    ],
)
def test_a_port_of_others_is_one_sentence(server: Server, login: str | None, words: str) -> None:
    server.login = login
    with pytest.raises(ConfigError, match=words) as refused:
        already_running.choose_port(server.server_port)
    assert "--port N" in str(refused.value)


def test_without_a_wish_another_port_is_taken(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.login = "admin:of-another-folder"
    known = {"PREFECT_API_AUTH_STRING": LOGIN, "PREFECT_SERVER_API_PORT": str(server.server_port)}
    monkeypatch.setattr(env_file, "read", lambda: known)
    port, ours = already_running.choose_port(None)
    assert port != server.server_port
    assert not ours


def test_one_quickstart_at_a_time_and_a_killed_one_does_not_count(lake_settings: Settings) -> None:
    code = (
        "import sys\n"
        "from ff_analytics.engine.base.settings import get_settings\n"
        "from ff_analytics.platform.local.already_running import only_quickstart\n"
        "with only_quickstart(get_settings()) as first:\n"
        "    print(first, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "True\n"
    with already_running.only_quickstart(lake_settings) as first:
        assert not first
    other.kill()
    other.communicate()
    with already_running.only_quickstart(lake_settings) as first:
        assert first


def test_a_second_server_for_the_same_folder_is_refused(
    lake_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env_file, "read", dict)
    monkeypatch.setattr(already_running, "choose_port", lambda asked: (services.free_port(), False))
    monkeypatch.setattr(quickstart, "reach", lambda port: pytest.fail("went on"))
    with (
        already_running.only_quickstart(lake_settings),
        ExitStack() as stack,
        pytest.raises(ConfigError, match="Another quickstart of this folder"),
    ):
        quickstart.go(None, True, stack)


class _Api:
    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows

    def __enter__(self) -> "_Api":
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to close."""

    def all(self, path: str) -> list[dict[str, Any]]:
        assert path == "/work_pools/local-process-pool/workers/filter"
        return self.rows


@pytest.mark.parametrize(
    ("online", "options", "runs"),
    [
        ("quickstart-7", "--name quickstart-7", True),
        ("quickstart-6", "--name quickstart-7", False),
        ("ProcessWorker 1b2c", "", True),
        ("quickstart-7", None, False),
        (None, "--name quickstart-7", False),
    ],
)
def test_a_worker_counts_when_server_and_process_table_agree(
    online: str | None, options: str | None, runs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"name": online, "status": "ONLINE"}] if online else []
    rows.append({"name": "quickstart-7", "status": "OFFLINE"})
    monkeypatch.setattr(rest, "client", lambda: _Api(rows))
    command = f"{sys.executable} -m prefect worker start --pool local-process-pool {options}"
    table = [] if options is None else [Process(os.getpid() + 1, 1, command)]
    monkeypatch.setattr(already_running, "processes", lambda: table)
    assert already_running.worker_runs("local-process-pool") is runs


def test_what_runs_is_not_started_again(
    lake_settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def started(*given: object) -> None:
        pytest.fail("started a second one")

    for name in ("start_server", "start_worker", "start_watch"):
        monkeypatch.setattr(services, name, started)
    monkeypatch.setattr(app, "start", started)
    monkeypatch.setattr(app, "address", lambda env: "http://127.0.0.1:4230/enter")
    monkeypatch.setattr(already_running, "worker_runs", lambda pool: True)
    monkeypatch.setattr(already_running, "watch_runs", lambda folder: True)
    monkeypatch.setattr(quickstart, "bring_in_step", lambda: None)
    running: list[services.Service] = []
    with ExitStack() as stack:
        quickstart.start_server_and_worker(4200, True, {}, running, stack)
        quickstart.start_watch_and_app({}, running, stack)
    assert running == []
    said = capsys.readouterr().out
    assert "server already running at http://127.0.0.1:4200" in said
    assert "already runs for this folder: no second one is started" in said


def test_a_watch_that_runs_is_seen(tmp_path: Path) -> None:
    from ff_analytics.platform.processes.watch_process import only_watch

    assert not already_running.watch_runs(tmp_path)
    with only_watch(tmp_path):
        assert already_running.watch_runs(tmp_path)
