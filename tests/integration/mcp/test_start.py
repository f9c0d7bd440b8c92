"""Starting a deployment: only where it is allowed, and only once the user has agreed."""

import asyncio
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult, ElicitResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.app.mcp.server import Tools, create_server
from ff_analytics.app.mcp.tools import start
from ff_analytics.demo.providers.serving import Faults, serve
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from tests.fakes import discord
from tests.integration.app.conftest import login_settings
from tests.integration.mcp.conftest import answer, called, error, on_stdio, text

NAME = "analytics/valuation"
CALL = {"deployment": NAME, "parameters": {"season": 2024}}


class Server:
    """One deployment; keeps what was started."""

    def __init__(self) -> None:
        self.started: list[tuple[str, dict[str, Any]]] = []

    def deployments(self) -> list[str]:
        return [NAME]

    def deployment(self, name: str) -> dict[str, Any]:
        if name != NAME:
            raise ConfigError(f"There is no deployment {name!r}. Deployments: {NAME}.")
        fields: dict[str, Any] = {"properties": {"season": {}, "league": {}}}
        return {"parameters": {"league": "my_league"}, "parameter_openapi_schema": fields}

    def start(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.started.append((name, parameters))
        return {"id": "run-9", "name": "valuation my_league 2024", "parameters": parameters}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def starting(settings: Settings, server: Server) -> Tools:
    """The server with the tool that starts."""
    return create_server(settings, login_settings(), server)


def asked(made: Tools, answer: ElicitResult, mode: str, **more: Any) -> tuple[str, CallToolResult]:
    """The question that the client's user was asked, and the result."""
    questions: list[str] = []

    async def run() -> CallToolResult:
        async def ask(context: Any, params: Any) -> ElicitResult:
            questions.append(params.message)
            return answer

        async with Client(made, mode=mode, elicitation_callback=ask) as client:
            return await client.call_tool("run_deployment", CALL | more)

    result = asyncio.run(run())
    [question] = questions
    return question, result


def test_without_permission_there_is_no_tool_that_starts(made: Tools) -> None:
    assert "There is no tool 'run_deployment'" in error(made, "run_deployment", **CALL)


def test_a_client_that_cannot_ask_needs_a_second_call(starting: Tools, server: Server) -> None:
    first = answer(starting, "run_deployment", **CALL)["data"]
    assert first["started"] is False
    assert first["would_start"]["parameters"] == {"league": "my_league", "season": 2024}
    assert server.started == []
    second = answer(starting, "run_deployment", **CALL, confirmation=first["confirmation"])["data"]
    assert second["started"] is True
    assert server.started == [(NAME, {"season": 2024})]


def test_a_confirmation_is_of_one_call_once(
    starting: Tools, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = answer(starting, "run_deployment", **CALL)["data"]["confirmation"]
    other = {"deployment": NAME, "parameters": {"season": 2025}, "confirmation": given}
    assert "not of this deployment" in error(starting, "run_deployment", **other)
    for forged in ("yes", "1.2.3", f"9{given}", given[:-1]):
        said = error(starting, "run_deployment", **CALL, confirmation=forged)
        assert "not of this deployment" in said
    assert server.started == []
    answer(starting, "run_deployment", **CALL, confirmation=given)
    assert "used already" in error(starting, "run_deployment", **CALL, confirmation=given)
    monkeypatch.setattr(start, "SECONDS", -1)
    late = answer(starting, "run_deployment", **CALL)["data"]["confirmation"]
    assert "older than" in error(starting, "run_deployment", **CALL, confirmation=late)
    assert len(server.started) == 1


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_that_can_ask_its_user_is_made_to(
    starting: Tools, server: Server, mode: str
) -> None:
    for no in (
        ElicitResult(action="decline"),
        ElicitResult(action="cancel"),
        ElicitResult(action="accept", content={"start": False}),
    ):
        question, result = asked(starting, no, mode)
        assert question.startswith(f"Start a run of {NAME} with parameters ")
        assert "did not agree" in text(result)
        assert server.started == []
    # A confirmation of another session does not replace the user's answer.
    given = answer(starting, "run_deployment", **CALL)["data"]["confirmation"]
    asked(starting, ElicitResult(action="decline"), mode, confirmation=given)
    assert server.started == []
    yes = ElicitResult(action="accept", content={"start": True})
    assert (asked(starting, yes, mode)[1].structured_content or {})["data"]["started"] is True
    assert server.started == [(NAME, {"season": 2024})]


def test_what_the_server_would_refuse_is_refused_before_anyone_is_asked(
    starting: Tools, server: Server
) -> None:
    for call, words in (
        ({"deployment": "analytics/nope"}, "Deployments: analytics/valuation"),
        ({"deployment": NAME, "parameters": {"seasn": 1}}, "it takes season, league"),
        ({"deployment": NAME, "parameters": {"league": discord.WEBHOOK_URL}}, "webhook address"),
        ({"deployment": NAME, "parameters": {"league": "x" * 2000}}, "too many to be confirmed"),
    ):
        assert words in error(starting, "run_deployment", **call)
    assert server.started == []


def test_the_command_starts_the_run_on_the_projects_server(settings: Settings) -> None:
    made: list[dict[str, Any]] = []

    async def create(request: Request) -> Response:
        made.append(await request.json())
        return JSONResponse({"id": "run-9", "name": "valuation", **made[-1]})

    known = {"id": "d1", "parameters": {"league": "my_league"}}
    routes = [
        Route("/api/deployments/name/analytics/valuation", lambda request: JSONResponse(known)),
        Route("/api/deployments/d1/create_flow_run", create, methods=["POST"]),
    ]
    with serve(Starlette(routes=routes), Faults()) as url:
        program = on_stdio(settings, "--allow-run", env={"PREFECT_API_URL": f"{url}/api"})

        async def run() -> CallToolResult:
            async with Client(program) as client:
                first = await client.call_tool("run_deployment", CALL)
                given = (first.structured_content or {})["data"]["confirmation"]
                return await client.call_tool("run_deployment", CALL | {"confirmation": given})

        result = asyncio.run(run())
    assert (result.structured_content or {})["data"]["started"] is True
    assert [body["parameters"] for body in made] == [{"season": 2024}]


def test_only_the_tool_that_starts_is_marked_as_one(starting: Tools) -> None:
    async def marks() -> dict[str, bool | None]:
        async with Client(starting) as client:
            known = (await client.list_tools()).tools
        return {t.name: t.annotations.read_only_hint for t in known if t.annotations}

    found = asyncio.run(marks())
    assert [name for name, reads in found.items() if not reads] == ["run_deployment"]
    assert called(starting, [("list_deployments", {})])[0].is_error is False
