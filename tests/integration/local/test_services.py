"""Starting a server where another one answers and refuses our login."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ff_analytics.platform.processes import services


class _Locked(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(401)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def locked() -> Iterator[int]:
    """Port of a server that lets nobody in."""
    with HTTPServer(("127.0.0.1", 0), _Locked) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()


def test_a_refused_login_is_said_at_once(locked: int, tmp_path: Path) -> None:
    env = services.reach(tmp_path, locked)
    start = time.monotonic()
    with pytest.raises(services.ServiceFailed, match="refuses our login"):
        services.start_server(locked, tmp_path / "server.log", env)
    assert time.monotonic() - start < 60
