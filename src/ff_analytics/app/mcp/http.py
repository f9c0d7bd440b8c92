"""Streamable HTTP on loopback, behind the login of the Prefect API."""

import sys

from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ff_analytics.app.mcp.server import Tools
from ff_analytics.app.web import login as logins
from ff_analytics.app.web.security import foreign

PORT = 4280
PATH = "/mcp"
_NAMES = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """ASGI middleware: refuse foreign hosts and pages, then ask for the login."""

    def __init__(self, app: ASGIApp, login: str) -> None:
        self._app, self._login = app, login

    def _stop(self, connection: HTTPConnection) -> Response | None:
        if why := foreign(connection):
            return PlainTextResponse(why, 403)
        # No cookie: a browser sends it by itself.
        if logins.allowed(self._login, None, connection.headers.get("authorization")):
            return None
        return PlainTextResponse(
            "Send the user and password of the Prefect API as HTTP Basic "
            "(PREFECT_SERVER_API_AUTH_STRING in .env).",
            401,
            {"www-authenticate": 'Basic realm="ff-analytics"'},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http" and (answer := self._stop(HTTPConnection(scope))):
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def create_http(made: Tools, login: str) -> ASGIApp:
    """The server as ASGI, at `/mcp`."""
    app = made.streamable_http_app(
        streamable_http_path=PATH,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[*_NAMES, *(f"{name}:*" for name in _NAMES)],
            allowed_origins=[f"http://{name}{end}" for name in _NAMES for end in ("", ":*")],
        ),
    )
    return Guard(app, login)


def serve_http(made: Tools, login: str, port: int | None = None) -> None:
    """Serve until the process is stopped; `ConfigError` without a free port."""
    import uvicorn

    from ff_analytics.app.running import bound
    from ff_analytics.engine.read.query.locked import prefetch_instances

    prefetch_instances()
    with bound(port, PORT) as sock:
        at = int(sock.getsockname()[1])
        sys.stderr.write(f"MCP: http://127.0.0.1:{at}{PATH}\nCtrl-C stops it.\n")
        sys.stderr.flush()
        config = uvicorn.Config(
            create_http(made, login),
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
        )
        uvicorn.Server(config).run(sockets=[sock])
