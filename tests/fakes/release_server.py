"""A release download on a loopback port, over a folder, with faults on request and a journal.

It answers as the real one does: ETag and Last-Modified on every file, 304 to a condition that
holds, 404 for what is not there. `python tests/fakes/release_server.py FOLDER [PORT]` serves
a folder by hand.
"""

import hashlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as the server saw and answered it."""

    path: str
    headers: dict[str, str]
    status: int
    sent: int


@dataclass
class Fault:
    """What to do instead of serving `path`, for the next `times` requests of it."""

    path: str
    times: int = 1_000_000
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    delay: float = 0.0
    truncate_at: int | None = None


@dataclass
class ReleaseServer:
    """The running server. `etags` and `dates` switch the two validators off."""

    folder: Path
    port: int = 0
    etags: bool = True
    dates: bool = True
    journal: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail(self, path: str, **what: object) -> Fault:
        """Put a fault on every path that contains `path`; see `Fault`."""
        fault = Fault(path, **what)  # type: ignore[arg-type]
        self.faults.append(fault)
        return fault

    def heal(self) -> None:
        """Drop all faults and forget the journal."""
        self.faults.clear()
        self.journal.clear()

    def fault_for(self, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.path in path and fault.times > 0:
                fault.times -= 1
                return fault
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: ReleaseServer

    def log_message(self, format: str, *args: object) -> None:
        """The journal is the log."""

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).lstrip("/")
        fault = self.state.fault_for(path)
        if fault and fault.delay:
            self.state.closing.wait(fault.delay)
        if fault and fault.status:
            self._answer(path, fault.status, fault.headers, fault.body or b"no")
            return
        file = self.state.folder / path
        if ".." in path or not file.is_file():
            self._answer(path, 404, {}, b"Not Found")
            return
        body = fault.body if fault and fault.body is not None else file.read_bytes()
        headers = self._validators(file, body)
        if self._holds(headers):
            self._answer(path, 304, headers, b"")
            return
        self._answer(path, 200, headers, body, fault.truncate_at if fault else None)

    def _validators(self, file: Path, body: bytes) -> dict[str, str]:
        headers = {}
        if self.state.etags:
            headers["ETag"] = f'"{hashlib.md5(body).hexdigest()}"'
        if self.state.dates:
            modified = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
            headers["Last-Modified"] = format_datetime(modified, usegmt=True)
        return headers

    def _holds(self, headers: dict[str, str]) -> bool:
        # RFC 9110: with If-None-Match present, If-Modified-Since is not looked at.
        wanted = self.headers.get("If-None-Match")
        if wanted is not None:
            return wanted == headers.get("ETag")
        since = self.headers.get("If-Modified-Since")
        if since is None or "Last-Modified" not in headers:
            return False
        return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)

    def _answer(
        self, path: str, status: int, headers: dict[str, str], body: bytes, cut: int | None = None
    ) -> None:
        sent = body if cut is None else body[:cut]
        self.state.journal.append(Request(path, dict(self.headers), status, len(sent)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(sent)
        if cut is not None:
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is part of the tests."""


@contextmanager
def serve(folder: Path, port: int = 0) -> Iterator[ReleaseServer]:
    """Serve `folder` on a free port until the block ends."""
    state = ReleaseServer(folder)
    handler = type("Handler", (_Handler,), {"state": state})
    with _Server(("127.0.0.1", port), handler) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            state.closing.set()
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    with serve(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0) as running:
        sys.stdout.write(running.url + "\n")
        sys.stdout.flush()
        while True:
            time.sleep(3600)
