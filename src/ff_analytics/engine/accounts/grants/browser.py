"""A login in a browser: a loopback redirect that waits, and a private file for what it brings."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ff_analytics.engine.base.atomic import replace_text
from ff_analytics.engine.base.errors import ConfigError


class _Server(HTTPServer):
    """Remembers the query of the request that brings a code or a refusal."""

    answer: dict[str, str]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """The URL contains the code, so it is not logged."""

    def do_GET(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query))
        status, said = 404, b"Not the redirect of a login."
        if "code" in query or "error" in query:
            self.server.answer = query
            status, said = 200, b"Answer received; see the terminal. You may close this page."
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(said)


@dataclass
class Redirect:
    """The address that a provider sends the browser back to."""

    address: str
    _server: _Server

    def wait(self, timeout: float) -> Mapping[str, str]:
        """Query of the redirect; empty when there was none within `timeout` seconds.

        Other requests, such as for an icon, are answered and not counted.
        """
        end = time.monotonic() + timeout
        while not self._server.answer and (left := end - time.monotonic()) > 0:
            self._server.timeout = left
            self._server.handle_request()
        return self._server.answer


@contextmanager
def redirect(port: int = 0, path: str = "") -> Iterator[Redirect]:
    """Listen on a loopback port; 0 is a free one. `ConfigError` when it is taken."""
    try:
        server = _Server(("127.0.0.1", port), _Handler)
    except OSError as error:
        raise ConfigError(f"Port {port} is not free ({error.strerror}). Choose another.") from None
    with server:
        server.answer = {}
        yield Redirect(f"http://127.0.0.1:{server.server_address[1]}{path}", server)


def store_private(file: Path, content: Mapping[str, Any]) -> None:
    """Replace a JSON file that only its owner may read; a crash leaves the old or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_text(file, json.dumps(content), mode=0o600)


OpenPage = Callable[[str], object]
