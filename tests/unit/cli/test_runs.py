"""`ff runs`: the server's last runs, one by the beginning of its name or id, and again."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ff_analytics.cli.main import main as ff
from ff_analytics.demo.providers.serving import Faults, serve

FAILED = "3f2a91c0-0000-4000-8000-000000000001"
OLDER = "77777777-0000-4000-8000-000000000002"
LOADED = "99999999-0000-4000-8000-000000000003"
CRASHED = "aaaaaaaa-0000-4000-8000-000000000004"


def _run(run: str, name: str, kind: str, message: str | None, deployment: str | None) -> Any:
    state = {"type": kind, "name": kind.title(), "message": message}
    when = "2026-03-01T12:00:00+00:00"
    own = {"parameters": {"league": "my_league"}, "deployment_id": deployment, "start_time": when}
    return {"id": run, "name": name, "state": state, "estimated_run_time": 4.25, **own}


RUNS = [
    _run(FAILED, "valuation my_league 2025", "FAILED", "compute: contract: 3 rows break it", "d1"),
    _run(OLDER, "valuation my_league 2024", "COMPLETED", "532 rows from snapshot 7", "d1"),
    _run(LOADED, "sample 2026-03-01", "COMPLETED", None, "gone"),
    _run(CRASHED, "own flow", "CRASHED", "Flow run infrastructure exited with code 9", None),
]


class Server:
    """The few routes of Prefect's API, on the runs above."""

    def __init__(self) -> None:
        self.faults, self.runs = Faults(), list(RUNS)

    @property
    def app(self) -> Starlette:
        answers: dict[str, list[Any]] = {
            "deployments": [{"id": "d1", "flow_id": "f1", "name": "valuation"}],
            "flows": [{"id": "f1", "name": "analytics"}],
            "artifacts": [{"description": "Report: [v.html](file:///data/reports/v.html)"}],
            "task_runs": [
                {"id": "t1", "name": "compute my_league", "state_type": "FAILED"}
                | {"state_name": "Failed", "total_run_time": 0.5}
            ],
            "logs": [{"message": "compute: 532 rows", "task_run_id": "t1", "level": 20}],
        }
        return Starlette(
            routes=[
                *(self._answers(name, rows) for name, rows in answers.items()),
                Route("/api/flow_runs/filter", self._filter, methods=["POST"]),
                Route("/api/flow_runs/{run}", self._one),
                Route("/api/deployments/d1/create_flow_run", self._again, methods=["POST"]),
            ]
        )

    def _answers(self, name: str, rows: list[Any]) -> Route:
        async def answer(request: Request) -> JSONResponse:
            return JSONResponse(rows)

        return Route(f"/api/{name}/filter", answer, methods=["POST"])

    async def _filter(self, request: Request) -> JSONResponse:
        wanted = await request.json()
        filters = wanted["flow_runs"]
        kinds = filters.get("state", {}).get("type", {}).get("any_")
        part = filters.get("name", {}).get("like_", "")
        of = filters.get("deployment_id", {}).get("any_")
        found = [
            run
            for run in self.runs
            if (not kinds or run["state"]["type"] in kinds)
            and part.lower() in run["name"]
            and (of is None or run["deployment_id"] in of)
        ]
        return JSONResponse(found[wanted["offset"] :][: wanted["limit"]])

    async def _one(self, request: Request) -> JSONResponse:
        found = [run for run in self.runs if run["id"] == request.path_params["run"]]
        return JSONResponse(found[0] if found else {}, 200 if found else 404)

    async def _again(self, request: Request) -> JSONResponse:
        given = await request.json()
        return JSONResponse({"id": LOADED, "name": "new run", **given}, 201)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    with serve(server.app, server.faults) as url:
        monkeypatch.setenv("PREFECT_API_URL", f"{url}/api")
        # A width of the terminal, which libraries may have set, would fold the lines.
        monkeypatch.delenv("COLUMNS", raising=False)
        yield server


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_the_last_runs_are_listed_with_the_reason_of_a_failure(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["runs"]) == 0
    head, first, reason, advice, *more = said(capsys).splitlines()
    assert head.split() == ["id", "when", "state", "took", "deployment", "run"]
    words = "3f2a91c0 03-01 12:00 Failed 4.2 s analytics/valuation valuation my_league 2025"
    assert " ".join(first.split()) == words
    assert reason == "  compute: 3 rows break it"
    assert advice.startswith("  What to do: The previous output is untouched.")
    assert len([line for line in more if not line.startswith("  ")]) == 3


def test_runs_that_are_scheduled_for_later_are_not_asked_for(server: Server) -> None:
    assert ff(["runs"]) == 0
    (seen,) = server.faults.asked("flow_runs/filter")
    assert "before_" in seen.json["flow_runs"]["expected_start_time"]


def test_the_list_can_be_short_and_of_failures_only(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["runs", "--failed", "--json"]) == 0
    assert [run["id"] for run in json.loads(said(capsys))] == [FAILED, CRASHED]
    assert ff(["runs", "--limit", "1", "--json"]) == 0
    (only,) = json.loads(said(capsys))
    assert (only["stage"], only["kind"], only["reason"]) == (
        "compute",
        "contract",
        "3 rows break it",
    )


def test_no_run_is_a_sentence(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.runs = []
    assert ff(["runs", "--failed"]) == 0
    assert said(capsys) == "No run has failed.\n"


@pytest.mark.parametrize("word", ["3f2a", FAILED, "valuation my_league 2025", "VALUATION", "valua"])
def test_one_run_shows_stages_counts_reason_and_links(
    word: str, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["runs", word]) == 0
    text = said(capsys)
    assert text.startswith(f"valuation my_league 2025  (analytics/valuation, {FAILED})\nFailed,")
    for words in (
        "compute: 3 rows break it",
        "league = my_league",
        "0.5 s  compute my_league: failed. 532 rows",
        f"/runs/flow-run/{FAILED}",
        "file:///data/reports/v.html",
    ):
        assert words in text


def test_a_deployment_means_its_newest_run(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["runs", "analytics/valuation", "--json"]) == 0
    assert json.loads(said(capsys))["id"] == FAILED


def test_a_run_is_made_again_with_its_parameters(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["runs", "3f2a", "--rerun"]) == 0
    (sent,) = server.faults.asked("create_flow_run")
    assert sent.json == {"parameters": {"league": "my_league"}}
    assert "analytics/valuation: run new run" in said(capsys)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["valuation", "--rerun"], "several runs: 'valuation my_league 2025' (3f2a91c0)"),
        (["nothing"], "there is no run 'nothing'. ff runs lists"),
        (["analytics/nothing"], "there is no run 'analytics/nothing'"),
        (["12345678-0000-4000-8000-000000000009"], "there is no run"),
        (["own", "--rerun"], "is of no deployment"),
        (["--rerun"], "name the run"),
        (["own", "--follow"], "--follow goes with --rerun"),
        (["--limit", "0"], "give 1 or more"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    words: list[str], sentence: str, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["runs", *words]) == 2
    streams = capsys.readouterr()
    assert sentence in streams.err
    assert streams.err.count("\n") == 1
    assert server.faults.asked("create_flow_run") == []


def test_a_server_that_is_down_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(Server().app, Faults()) as url:
        pass
    monkeypatch.setenv("PREFECT_API_URL", f"{url}/api")
    assert ff(["runs"]) == 1
    streams = capsys.readouterr()
    assert streams.err.startswith("ff runs: source: No server answers at ")
    assert "scripts/quickstart" in streams.err
