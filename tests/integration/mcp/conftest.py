"""The MCP server over a planted lake, called with the SDK's own client."""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.app.mcp.http import create_http
from ff_analytics.app.mcp.server import Tools, create_server
from ff_analytics.app.web.settings import ServerSettings
from ff_analytics.demo.providers.serving import Faults, serve
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from tests.fakes.app_lake import stock
from tests.integration.app.conftest import login_settings
from tests.waiting import until

Target = Tools | StdioServerParameters | str | Any
Call = tuple[str, dict[str, Any]]


def lake_in(folder: Path, mark: str = "") -> Settings:
    """Settings over a planted lake."""
    settings = Settings(data_dir=folder / "data").embedded(folder / "data")
    stock(settings, mark)
    return settings


def called(target: Target, calls: Sequence[Call], **options: Any) -> list[CallToolResult]:
    """The results of these calls in one session."""

    async def run() -> list[CallToolResult]:
        async with Client(target, **options) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(run())


def text(result: CallToolResult) -> str:
    """All that a client sees of a result."""
    parts = [part.text for part in result.content if isinstance(part, TextContent)]
    return "\n".join([*parts, json.dumps(result.structured_content or {})])


def answer(target: Target, name: str, **arguments: Any) -> dict[str, Any]:
    """The structured answer of one call that succeeds."""
    [result] = called(target, [(name, arguments)])
    assert not result.is_error, text(result)
    return dict(result.structured_content or {})


def error(target: Target, name: str, **arguments: Any) -> str:
    """The message of one call that fails."""
    [result] = called(target, [(name, arguments)])
    assert result.is_error, text(result)
    [part] = result.content
    assert isinstance(part, TextContent)
    return part.text


def on_stdio(settings: Settings, *words: str, env: Mapping[str, str] | None = None) -> Any:
    """`ff mcp` as a subprocess, for the client to start."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "ff_analytics.cli", "mcp", *words],
        cwd=str(PROJECT_ROOT),
        env={"FF_DATA_DIR": str(settings.data), **(env or {})},
    )


@contextmanager
def on_http(made: Tools, login: str) -> Iterator[str]:
    """The server on a free port; its address."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_http(made, login), log_level="error", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        until("the server serves", lambda: server.started)
        try:
            yield f"http://127.0.0.1:{sock.getsockname()[1]}/mcp"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def prefect(runs: Sequence[dict[str, Any]], log: Sequence[str] = ()) -> Iterator[ServerSettings]:
    """A Prefect API with one deployment, these runs and log lines."""

    async def say(request: Request) -> Response:
        body = await request.json()
        kind = request.url.path.split("/")[-2]
        if kind == "flow_runs":
            types = body["flow_runs"]["state"]["type"]["any_"]
            return JSONResponse([run for run in runs if run["state"]["type"] in types])
        found: dict[str, Any] = {
            "flows": [{"id": "f1", "name": "analytics"}],
            "deployments": [{"id": "d1", "flow_id": "f1", "name": "valuation"}],
            "events": {"events": []},
            "logs": [{"message": line} for line in reversed(log)],
        }
        return JSONResponse(found[kind])

    kinds = ("flows", "deployments", "flow_runs", "events", "logs")
    routes = [Route(f"/api/{kind}/filter", say, methods=["POST"]) for kind in kinds]
    with serve(Starlette(routes=routes), Faults()) as url:
        yield login_settings(f"{url}/api")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings over the planted lake."""
    return lake_in(tmp_path_factory.mktemp("mcp"))


@pytest.fixture(scope="session")
def made(settings: Settings) -> Tools:
    """The server over the planted lake; no Prefect server answers it."""
    return create_server(settings, login_settings())


def posted(url: str, **headers: str) -> httpx.Response:
    """A first message of a client, as plain HTTP."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    accept = {"accept": "application/json, text/event-stream"}
    return httpx.post(url, json=message, headers=accept | headers, trust_env=False, timeout=30)
