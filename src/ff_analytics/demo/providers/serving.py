"""Common parts of the fake providers: a loopback socket, a plan of faults, a journal.

A fake is a Starlette app with its own state; `serve()` runs it in a thread.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

# Two slow processors that have other work, too.
PATIENCE = 300.0


@dataclass(frozen=True)
class Seen:
    """One request as the fake received it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Fault:
    """What to do to the next `times` requests whose path contains `path`, after `skip` of them."""

    path: str
    times: int = 1
    skip: int = 0
    answer: Callable[[Request], Response] | None = None
    cut_at: int | None = None
    slow: float = 0.0
    change: Callable[[Any], Any] | None = None


@dataclass
class Faults:
    """The plan of faults and the journal of one fake."""

    journal: list[Seen] = field(default_factory=list)
    plan: list[Fault] = field(default_factory=list)

    def on(self, path: str, **what: Any) -> Fault:
        """Plan a fault; see `Fault`."""
        fault = Fault(path, **what)
        self.plan.append(fault)
        return fault

    def status(self, path: str, status: int, body: Any = "no", **what: Any) -> Fault:
        """Answer with a status; a text body goes out as HTML, as gateways do."""
        headers = what.pop("headers", {})

        def answer(request: Request) -> Response:
            if isinstance(body, str):
                return Response(body, status, headers, media_type="text/html")
            return JSONResponse(body, status, headers)

        return self.on(path, answer=answer, **what)

    def heal(self) -> None:
        self.plan.clear()
        self.journal.clear()

    def asked(self, path: str) -> list[Seen]:
        """Requests whose path contains `path`."""
        return [seen for seen in self.journal if path in seen.path]

    def next(self, path: str) -> Fault | None:
        for fault in self.plan:
            if fault.path not in path or fault.times <= 0:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            return fault
        return None


class _Journal:
    """ASGI layer: writes the journal and carries out the plan."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app, self.faults = app, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        self.faults.journal.append(
            Seen(
                request.method,
                request.url.path,
                dict(request.query_params),
                dict(request.headers),
                body,
            )
        )
        fault = self.faults.next(request.url.path)
        if fault and fault.slow:
            await _pause(fault.slow)
        if fault and fault.answer:
            await fault.answer(request)(scope, receive, send)
            return

        async def again() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        if fault and (fault.cut_at is not None or fault.change):
            await self._spoilt(fault, scope, again, send)
            return
        await self.app(scope, again, send)

    async def _spoilt(self, fault: Fault, scope: Scope, receive: Any, send: Send) -> None:
        parts: list[bytes] = []
        start: dict[str, Any] = {}

        async def keep(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self.app(scope, receive, keep)
        content = b"".join(parts)
        headers = {"content-type": "application/json"}
        if fault.change:
            content = json.dumps(fault.change(json.loads(content))).encode()
        if fault.cut_at is None:
            await Response(content, start["status"], headers)(scope, receive, send)
            return
        headers["content-length"] = str(len(content))
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": start["status"], "headers": raw})
        cut = content[: fault.cut_at]
        await send({"type": "http.response.body", "body": cut, "more_body": True})
        # An app that fails halfway makes the server close the connection, as intended.
        raise ConnectionAbortedError


async def _pause(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """The test's own handlers stay."""


@contextmanager
def serve(app: Starlette, faults: Faults, port: int = 0, tls: Path | None = None) -> Iterator[str]:
    """Serve `app` on a free loopback port until the block ends; yields its base URL.

    `tls` is a PEM file with key and certificate.
    """
    config = uvicorn.Config(
        _Journal(app, faults),
        host="127.0.0.1",
        port=port,
        log_level="critical",
        lifespan="off",
        ssl_certfile=tls,
        ssl_keyfile=tls,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        assert thread.is_alive(), "the fake server died while starting"
        assert time.monotonic() < deadline, "the fake server did not start"
        time.sleep(0.01)
    try:
        scheme = "https" if tls else "http"
        yield f"{scheme}://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
