"""`ff trigger`: starts a deployment's run over HTTP, without Prefect, and follows it to its end."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ff_analytics.cli.main import main as ff
from ff_analytics.demo.providers.serving import Faults, serve
from ff_analytics.platform.api import trigger

RUN = {"id": "r1", "name": "valuation my_league", "parameters": {}}


class Server:
    """The few routes of Prefect's API; `states` are what the run is at each look."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.states = [("SCHEDULED", "Scheduled"), ("RUNNING", "Running")]
        self.end: tuple[str, str, str | None] = ("COMPLETED", "Completed", None)
        self.lines = [
            {"id": "1", "timestamp": "2026-03-01T12:00:01+00:00", "message": "ingest-check"},
            {"id": "2", "timestamp": "2026-03-01T12:00:02+00:00", "message": "Finished in state"},
        ]

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/deployments/name/analytics/valuation", self._deployment),
                Route("/api/deployments/d1/create_flow_run", self._create, methods=["POST"]),
                Route("/api/deployments/filter", self._deployments, methods=["POST"]),
                Route("/api/flows/filter", self._flows, methods=["POST"]),
                Route("/api/flow_runs/r1", self._run),
                Route("/api/logs/filter", self._logs, methods=["POST"]),
            ]
        )

    async def _deployment(self, request: Request) -> JSONResponse:
        return JSONResponse({"id": "d1", "name": "valuation"})

    async def _deployments(self, request: Request) -> JSONResponse:
        return JSONResponse([{"flow_id": "f1", "name": "valuation"}])

    async def _flows(self, request: Request) -> JSONResponse:
        return JSONResponse([{"id": "f1", "name": "analytics"}])

    async def _create(self, request: Request) -> JSONResponse:
        return JSONResponse(RUN, 201)

    async def _run(self, request: Request) -> JSONResponse:
        kind, name, message = (*self.states.pop(0), None) if self.states else self.end
        return JSONResponse({**RUN, "state": {"type": kind, "name": name, "message": message}})

    async def _logs(self, request: Request) -> JSONResponse:
        return JSONResponse([] if self.states else self.lines)


@contextmanager
def served() -> Iterator[tuple[Server, str]]:
    server = Server()
    with serve(server.app, server.faults) as url:
        yield server, f"{url}/api"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with served() as (server, url):
        monkeypatch.setenv("PREFECT_API_URL", url)
        monkeypatch.setenv("PREFECT_API_AUTH_STRING", "admin:open-sesame")
        monkeypatch.setattr(trigger, "_EVERY", 0.01)
        yield server


def sent(server: Server) -> Any:
    (seen,) = server.faults.asked("create_flow_run")
    return seen.json["parameters"]


def test_a_run_is_made_with_its_parameters_and_the_login(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["-p", "season=2024", "-p", "league=superflex_tep", "--param", 'leagues=["a","b"]']
    assert ff(["trigger", "analytics/valuation", *words]) == 0
    assert sent(server) == {"season": 2024, "league": "superflex_tep", "leagues": ["a", "b"]}
    assert "valuation my_league" in capsys.readouterr().out
    assert all(seen.headers["authorization"] for seen in server.faults.journal)


def test_following_prints_states_and_lines_once_and_ends_with_the_run(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 0
    said = capsys.readouterr().out
    assert [said.count(word) for word in ("Scheduled", "Running", "Completed")] == [1, 1, 1]
    assert said.count("12:00:01 ingest-check") == 1


@pytest.mark.parametrize("kind", ["FAILED", "CRASHED", "CANCELLED"])
def test_a_run_that_did_not_complete_is_exit_code_1(
    kind: str, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.end = (kind, kind.title(), "compute: contract: 3 rows")
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 1
    assert "compute: contract: 3 rows" in capsys.readouterr().err


def test_the_end_of_a_run_is_json_on_request(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["trigger", "analytics/valuation", "--follow", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "Completed"


@pytest.mark.parametrize("name", ["analytics/valuatoin", "valuation"])
def test_an_unknown_deployment_names_the_nearest(
    name: str, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["trigger", name]) == 2
    assert "Did you mean analytics/valuation?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(401, 2, "PREFECT_API_AUTH_STRING"), (422, 1, "seasn"), (503, 1, "503")],
)
def test_what_the_server_refuses_is_one_sentence(
    status: int, code: int, said: str, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.faults.status("create_flow_run", status, {"detail": "unexpected parameter seasn"})
    assert ff(["trigger", "analytics/valuation", "-p", "seasn=1"]) == code
    text = capsys.readouterr().err
    assert said in text
    assert text.count("\n") == 1
    assert "open-sesame" not in text


def test_a_server_that_is_down_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with served() as (_, url):
        pass
    monkeypatch.setenv("PREFECT_API_URL", url)
    assert ff(["trigger", "analytics/valuation"]) == 1
    assert "prefect server start" in capsys.readouterr().err


def test_it_never_imports_prefect() -> None:
    with served() as (_, url):
        code = (
            "import sys, os; from ff_analytics.cli.main import main\n"
            f"os.environ['PREFECT_API_URL'] = {url!r}\n"
            "assert main(['trigger', 'analytics/valuation']) == 0\n"
            "print([m for m in ('prefect', 'polars', 'duckdb', 'dbt') if m in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
    assert done.stdout.endswith("[]\n")
