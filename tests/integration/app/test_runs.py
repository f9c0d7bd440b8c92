"""What the first page says of runs: from the server's API, or that it does not answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers.serving import Faults, serve
from tests.integration.app.conftest import LOGIN, Site, served

NOW = datetime.now(UTC)


def _run(name: str, state: str, message: str, at: datetime) -> dict[str, Any]:
    return {
        "id": f"id-of-{name}",
        "name": name,
        "deployment_id": "d1",
        "state": {"type": state, "message": message},
        "end_time": at.isoformat() if state != "SCHEDULED" else None,
        "expected_start_time": at.isoformat(),
        "total_run_time": 4.2,
    }


RUNS = [
    _run("valuation <b>one</b>", "FAILED", "load-mart: dbt: model broke", NOW - timedelta(hours=2)),
    _run("valuation two", "COMPLETED", "", NOW - timedelta(hours=1)),
    _run("valuation three", "SCHEDULED", "", NOW + timedelta(hours=3)),
]


async def _answer(request: Request) -> Response:
    wanted = httpx.BasicAuth(*LOGIN.split(":", 1))
    header = next(wanted.auth_flow(httpx.Request("GET", "http://x"))).headers["authorization"]
    if request.headers.get("authorization") != header:
        return Response(status_code=401)
    body = await request.json()
    kind = request.url.path.split("/")[-2]
    if kind == "flow_runs":
        types = body["flow_runs"]["state"]["type"]["any_"]
        return JSONResponse([run for run in RUNS if run["state"]["type"] in types])
    found: dict[str, Any] = {
        "flows": [{"id": "f1", "name": "analytics"}],
        "deployments": [{"id": "d1", "flow_id": "f1", "name": "valuation"}],
        "events": {
            "events": [
                {
                    "event": "ff.input.warned",
                    "occurred": NOW.isoformat(),
                    "resource": {"prefect.resource.name": "raw_league.rosters"},
                }
            ]
        },
    }
    return JSONResponse(found[kind])


@pytest.fixture
def with_server(site: Site) -> Iterator[Site]:
    """The app beside a server that answers."""
    kinds = ("flows", "deployments", "flow_runs", "events")
    routes = [Route(f"/api/{kind}/filter", _answer, methods=["POST"]) for kind in kinds]
    with (
        serve(Starlette(routes=routes), Faults()) as url,
        served(site.settings, f"{url}/api") as running,
    ):
        yield running


def test_failed_last_and_next_runs_are_shown_with_their_links(with_server: Site) -> None:
    page = with_server.get("/").text
    assert "load-mart: dbt: model broke" in page
    assert "valuation &lt;b&gt;one&lt;/b&gt;" in page
    assert "/runs/flow-run/id-of-valuation two" in page
    assert "analytics/valuation" in page
    assert "in 2 hours" in page
    assert "ff.input.warned" in page


def test_a_server_that_does_not_answer_is_named_and_the_data_are_shown(site: Site) -> None:
    page = site.get("/").text
    assert "does not answer" in page
    assert "Player valuation" in page


def test_a_server_that_refuses_the_login_is_told_apart(site: Site) -> None:
    routes = [
        Route("/api/flows/filter", lambda request: Response(status_code=401), methods=["POST"])
    ]
    with (
        serve(Starlette(routes=routes), Faults()) as url,
        served(site.settings, f"{url}/api") as running,
    ):
        assert "refuses the login in .env" in running.get("/").text
