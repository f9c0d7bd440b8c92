"""Both transports, with the SDK's own client; over HTTP only with the login, from this machine."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

from ff_analytics.app.mcp.server import Tools
from ff_analytics.engine.base.settings import Settings
from tests.integration.app.conftest import LOGIN
from tests.integration.mcp.conftest import called, on_http, on_stdio, posted, text

SQL = "SELECT count(*) AS n FROM analytics.mrt_player_valuation"
BASIC = f"Basic {b64encode(LOGIN.encode()).decode()}"


@pytest.fixture(scope="module")
def url(made: Tools) -> Iterator[str]:
    """Address of the server."""
    with on_http(made, LOGIN) as running:
        yield running


def test_a_client_that_starts_the_command_reads_the_lake(settings: Settings) -> None:
    calls = [("query", {"sql": SQL}), ("query", {"sql": "DROP TABLE x"}), ("list_leagues", {})]
    counted, refused, leagues = called(on_stdio(settings), calls)
    assert (counted.structured_content or {})["data"] == [{"n": 24}]
    assert refused.is_error
    assert "Bog Goblins" in text(leagues)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_with_the_login_reads_the_lake_over_http(url: str, mode: str) -> None:
    async def run() -> CallToolResult:
        user, _, password = LOGIN.partition(":")
        async with (
            httpx2.AsyncClient(auth=(user, password), trust_env=False, timeout=60) as http,
            Client(streamable_http_client(url, http_client=http), mode=mode) as client,
        ):
            return await client.call_tool("query", {"sql": SQL})

    assert (asyncio.run(run()).structured_content or {})["data"] == [{"n": 24}]


def test_without_the_login_nothing_is_answered(url: str) -> None:
    wrong = f"Basic {b64encode(b'admin:wrong').decode()}"
    for headers in ({}, {"authorization": wrong}, {"authorization": f"Bearer {LOGIN}"}):
        answer = posted(url, **headers)
        assert answer.status_code == 401
        assert "PREFECT_SERVER_API_AUTH_STRING" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "attacker.example"},
        {"host": "127.0.0.1.attacker.example:80"},
        {"host": "169.254.169.254"},
        {"origin": "https://attacker.example"},
        {"origin": "http://localhost:1"},
        {"origin": "null"},
        {"origin": "http://["},
    ],
)
def test_foreign_hosts_and_pages_are_refused_even_with_the_login(
    url: str, headers: dict[str, str]
) -> None:
    assert posted(url, authorization=BASIC).status_code != 403
    assert posted(url, authorization=BASIC, **headers).status_code == 403
