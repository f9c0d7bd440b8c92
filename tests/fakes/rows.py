"""A source of rows with every way of paging and the faults that such sources have."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Answer = Callable[[Request], Response | None]


@dataclass
class RowsSource:
    """`rows` as JSON pages, or `body` as it is; `faults` are asked first, each once."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    faults: list[Answer] = field(default_factory=list)
    journal: list[Request] = field(default_factory=list)

    def app(self) -> Starlette:
        names = ("link", "cursor", "offset", "body", "circle")
        both = ["GET", "POST"]
        return Starlette(routes=[Route(f"/{n}", self.answer, methods=both) for n in names])

    def answer(self, request: Request) -> Response:
        self.journal.append(request)
        if self.faults and (fault := self.faults.pop(0)(request)) is not None:
            return fault
        kind = request.url.path.strip("/")
        if kind == "body":
            return Response(self.body, headers=self.headers, media_type=self.content_type)
        size = int(request.query_params.get("limit", 100))
        start = int(request.query_params.get("offset", request.query_params.get("cursor", 0)))
        some, following = self.rows[start : start + size], start + size
        more = following < len(self.rows)
        if kind == "link":
            link = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
            return self._json(some, {"Link": link} if more else {})
        if kind == "circle":
            return self._json({"data": self.rows, "next_cursor": "1"})
        if kind == "cursor":
            return self._json({"data": some, "next_cursor": str(following) if more else None})
        return self._json({"data": some, "total": len(self.rows)})

    def _json(self, body: Any, headers: dict[str, str] | None = None) -> Response:
        return Response(json.dumps(body), headers=headers, media_type="application/json")


def status(code: int, **headers: str) -> Answer:
    """Answer once with this status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: Response("no", code, headers=named)


def truncated(body: bytes, at: int) -> Answer:
    """Promise the whole body and hang up after `at` bytes."""
    return lambda request: Response(body[:at], headers={"Content-Length": str(len(body))})


def lines(rows: list[Any]) -> bytes:
    """NDJSON of the rows; what is bytes already stays."""
    return b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in rows)


def packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)
