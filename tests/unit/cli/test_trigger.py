"""`ff trigger`: starts a deployment's run over HTTP, without Prefect, and follows it to its end."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import stamina
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ff_analytics.cli.main import main as ff
from ff_analytics.demo.providers.serving import Faults, serve
from ff_analytics.platform.api import follow

RUN = {"id": "r1", "name": "valuation my_league", "parameters": {}}


def _line(number: str, text: str, task: str | None = None, level: int = 20) -> dict[str, Any]:
    at = f"2026-03-01T12:00:0{number}+00:00"
    return {"id": number, "timestamp": at, "message": text, "task_run_id": task, "level": level}


def _task(task: str, name: str, kind: str, state: str, message: str = "") -> dict[str, Any]:
    ended = {"state_type": kind, "state_name": state, "total_run_time": 1.25, "run_count": 1}
    return {"id": task, "name": name, "state": {"name": state, "message": message}, **ended}


class Server:
    """The few routes of Prefect's API; `states` are what the run is at each look."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.states = [("SCHEDULED", "Scheduled"), ("RUNNING", "Running")]
        self.end: tuple[str, str, str | None] = ("COMPLETED", "Completed", None)
        self.lines = [
            _line("1", "Beginning flow run"),
            _line("2", "ingest-check: 34 checks, 0 warnings", "t1"),
            _line("3", "12 players have no team", "t1", level=30),
            _line("4", "upsert players: 2,029 new", "t2"),
            _line("5", "Task run failed with exception: LakeBusy", "t2", level=40),
            _line("6", "Finished in state Completed()", None),
        ]
        self.tasks = [
            _task("t1", "ingest-check my_league", "COMPLETED", "Completed"),
            _task("t2", "upsert players", "COMPLETED", "Completed"),
            _task("t3", "land players", "COMPLETED", "Completed"),
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
                Route("/api/task_runs/filter", self._tasks, methods=["POST"]),
            ]
        )

    async def _deployment(self, request: Request) -> JSONResponse:
        return JSONResponse({"id": "d1", "name": "valuation"})

    async def _deployments(self, request: Request) -> JSONResponse:
        return JSONResponse([{"id": "d1", "flow_id": "f1", "name": "valuation"}])

    async def _flows(self, request: Request) -> JSONResponse:
        return JSONResponse([{"id": "f1", "name": "analytics"}])

    async def _create(self, request: Request) -> JSONResponse:
        return JSONResponse(RUN, 201)

    async def _run(self, request: Request) -> JSONResponse:
        kind, name, message = (*self.states.pop(0), None) if self.states else self.end
        return JSONResponse({**RUN, "state": {"type": kind, "name": name, "message": message}})

    async def _logs(self, request: Request) -> JSONResponse:
        return JSONResponse([] if self.states else self.lines)

    async def _tasks(self, request: Request) -> JSONResponse:
        return JSONResponse([] if self.states else self.tasks)


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
        monkeypatch.setattr(follow, "_EVERY", 0.01)
        monkeypatch.setattr(follow, "LAST_LINES", 0.05)
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


def test_a_server_that_is_busy_is_asked_again_for_the_same_run(server: Server) -> None:
    server.faults.status("create_flow_run", 503, {}, times=1)
    with stamina.set_testing(True, attempts=3):
        assert ff(["trigger", "analytics/valuation"]) == 0
    first, second = (seen.json for seen in server.faults.asked("create_flow_run"))
    assert first["idempotency_key"] == second["idempotency_key"]


def test_following_prints_stages_with_their_counts_and_no_event_lines(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 0
    _, *said = capsys.readouterr().out.splitlines()
    assert said == [
        "  warning: 12 players have no team",
        "  ingest-check my_league: 34 checks, 0 warnings (1.2 s)",
        "  upsert players: 2,029 new (1.2 s)",
        "analytics/valuation completed",
    ]


def test_stages_are_followed_where_runs_send_no_log(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.lines = []
    server.tasks.append(_task("t4", "compute", "FAILED", "Failed"))
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 0
    said = capsys.readouterr().out
    assert "  upsert players (1.2 s)\n  land players (1.2 s)\n" in said
    assert "  compute: failed after 1.2 s\n" in said


def test_a_server_that_is_busy_for_a_moment_does_not_end_following(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.faults.status("flow_runs/r1", 503, {}, times=2)
    server.faults.status("logs/filter", 502, {})
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 0
    assert "upsert players: 2,029 new" in capsys.readouterr().out


def test_a_server_that_stays_busy_ends_following_with_a_sentence(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(follow, "AWAY", 0.0)
    server.faults.status("flow_runs/r1", 503, {})
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 1
    assert "answers 503: it is overloaded or starting" in capsys.readouterr().err


def test_another_attempt_at_a_stage_is_one_line(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.states = [("RUNNING", "Running")]
    server.tasks = [_task("t2", "upsert", "SCHEDULED", "AwaitingRetry", "the lake is busy")]
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 0
    said = capsys.readouterr().out
    assert said.count("upsert: attempt 1 failed, trying again: the lake is busy") == 1


@pytest.mark.parametrize("kind", ["FAILED", "CRASHED", "CANCELLED"])
def test_a_run_that_did_not_complete_is_exit_code_1(
    kind: str, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.end = (kind, kind.title(), "compute: contract: 3 rows break the rule")
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 1
    assert "3 rows break the rule" in capsys.readouterr().err


def test_the_end_of_a_failed_run_is_its_sentence_and_what_to_do(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.end = ("FAILED", "Failed in compute (contract, 1)", "compute: contract: 3 rows break")
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == "analytics/valuation failed: compute: 3 rows break"
    assert second.startswith("What to do: The previous output is untouched.")


def test_ctrl_c_stops_following_and_says_that_the_run_goes_on(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pressed(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow, "follow", pressed)
    assert ff(["trigger", "analytics/valuation", "--follow"]) == 130
    said = capsys.readouterr().err.strip()
    assert said == "Not followed any more; the run goes on: ff runs r1 shows it."


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
    refused = {"detail": "unexpected parameter seasn"}
    server.faults.status("create_flow_run", status, refused, times=2)
    with stamina.set_testing(True, attempts=2):
        assert ff(["trigger", "analytics/valuation", "-p", "seasn=1"]) == code
    text = capsys.readouterr().err
    assert said in text
    # Notes that it is tried again are progress, not the sentence.
    assert sum("; try " not in line for line in text.splitlines()) == 1
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
