"""The process behind `tests.fakes.object_store`: moto's S3 on a loopback port, with outages."""

import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.server import create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

_ERROR = "<?xml version='1.0'?><Error><Code>{0}</Code><Message>{0}</Message></Error>"


class Quiet(WSGIRequestHandler):
    """Keeps connections open, as real stores do, and writes no line per request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Gate:
    """Answers for the store while it is out of order, and to who does not know the key."""

    def __init__(self, app: Any, folder: Path, key: str) -> None:
        self.app, self.folder, self.key = app, folder, key

    def _refusal(self, environ: dict[str, Any]) -> tuple[str, str] | None:
        if (self.folder / "outage").exists():
            return "503 Slow Down", "SlowDown"
        if f"Credential={self.key}/" not in environ.get("HTTP_AUTHORIZATION", ""):
            return "403 Forbidden", "InvalidAccessKeyId"
        return None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {environ['QUERY_STRING']}\n"
        with (self.folder / "requests").open("a") as journal:
            journal.write(asked)
        refusal = self._refusal(environ)
        if refusal is None:
            answer: Iterable[bytes] = self.app(environ, start)
            return answer
        status, code = refusal
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = _ERROR.format(code).encode()
        start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [body]


def main(port: str, folder: str, key: str) -> None:
    """Serve until killed."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = Gate(create_backend_app("s3"), Path(folder), key)
    make_server("127.0.0.1", int(port), app, threaded=True, request_handler=Quiet).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
