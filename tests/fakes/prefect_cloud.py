"""Prefect Cloud's outside: an account's workspace below its own path, a key, no server's paths.

What it lets through is answered by a server of one's own, whose API Cloud shares. Of Cloud it has
the prefix, the bearer key, the absence of what belongs to a server, and the path of pool types.
"""

from dataclasses import dataclass, field
from uuid import uuid4

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from ff_analytics.demo.providers.serving import Faults

# Of one server, not of a workspace.
_NOT_THERE = ("admin", "health", "ready", "version", "hello", "csrf-token", "collections/views")
_HOPS = {"host", "content-length", "transfer-encoding", "content-encoding", "connection"}


@dataclass
class Cloud:
    """`upstream` is a server's API with its login; None refuses all that gets past the door."""

    upstream: str | None = None
    login: str = ""
    key: str = "pnu_stand-in"
    workspace: str = field(default_factory=lambda: f"/accounts/{uuid4()}/workspaces/{uuid4()}")
    faults: Faults = field(default_factory=Faults)
    knocks: list[str] = field(default_factory=list)

    def env(self, url: str, key: str | None = None) -> dict[str, str]:
        """The settings of somebody who works with it."""
        return {
            "PREFECT_CLOUD_API_URL": f"{url}/api",
            "PREFECT_API_URL": f"{url}/api{self.workspace}",
            "PREFECT_API_KEY": self.key if key is None else key,
            "PREFECT_API_AUTH_STRING": "",
        }

    def app(self) -> Starlette:
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        inside = f"/api{self.workspace}"
        return Starlette(
            routes=[
                WebSocketRoute(f"{inside}/events/in", self._events),
                Route(f"{inside}/{{path:path}}", self._workspace, methods=methods),
            ]
        )

    async def _workspace(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return JSONResponse({"detail": "Unauthorized"}, 401)
        path = request.path_params["path"]
        if path.startswith(_NOT_THERE) or self.upstream is None:
            return JSONResponse({"detail": "Not Found"}, 404)
        path = path.replace("collections/work_pool_types", "collections/views/worker-metadata")
        name, _, password = self.login.partition(":")
        headers = {k: v for k, v in request.headers.items() if k not in {*_HOPS, "authorization"}}
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            answer = await client.request(
                request.method,
                f"{self.upstream}/{path}",
                params=dict(request.query_params),
                content=await request.body(),
                headers=headers,
                auth=(name, password),
            )
        kept = {k: v for k, v in answer.headers.items() if k not in _HOPS}
        return Response(answer.content, answer.status_code, kept)

    async def _events(self, socket: WebSocket) -> None:
        """Takes events as Cloud does, by the key in the header, without a handshake."""
        self.knocks.append(socket.headers.get("authorization", ""))
        await socket.accept()
        async for _ in socket.iter_text():
            pass
