"""The Prefect server: answers at 10,000 stored runs, SQLite against Postgres; runs per minute."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep
from typing import Any

import httpx

from benchmarks import child
from benchmarks.model import Cell, Options, Result, Table
from ff_analytics.platform.processes import services

ASKED = {
    "newest 200 runs, of all": ("/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 200}),
    "number of completed runs": (
        "/flow_runs/count",
        {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}},
    ),
}
_STATES = ("PENDING", "RUNNING", "COMPLETED")


@contextmanager
def _on_sqlite(folder: Path) -> Iterator[dict[str, str]]:
    yield {}


@contextmanager
def _on_postgres(folder: Path) -> Iterator[dict[str, str]]:
    from tests.fakes import postgres

    with postgres.serve("prefect") as database:
        yield {"PREFECT_SERVER_DATABASE_CONNECTION_URL": database.url("prefect")}


def _ask(env: Mapping[str, str], repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each kind of request, in sequence."""
    login = httpx.BasicAuth(*env["PREFECT_API_AUTH_STRING"].split(":", 1))
    base = env["PREFECT_API_URL"]
    times: dict[str, list[float]] = {}
    with httpx.Client(base_url=base, auth=login, trust_env=False, timeout=60) as client:
        flow = client.post("/flows/", json={"name": "asked"}).json()["id"]

        def note(what: str, path: str, body: Any) -> httpx.Response:
            begun = perf_counter()
            answer = client.post(path, json=body)
            answer.raise_for_status()
            times.setdefault(what, []).append((perf_counter() - begun) * 1000)
            return answer

        for number in range(repeats + 5):
            if number == 5:
                # The first of each kind fill caches.
                times.clear()
            for what, (path, body) in ASKED.items():
                note(what, path, body)
            made = note("create a run", "/flow_runs/", {"flow_id": flow}).json()["id"]
            for state in _STATES:
                note("change a state", f"/flow_runs/{made}/set_state", {"state": {"type": state}})
    return times


def latency(folder: Path, stored: int, repeats: int) -> Table:
    """Medians and 95th percentiles, in milliseconds."""
    found = {}
    for name, database in (("SQLite", _on_sqlite), ("Postgres", _on_postgres)):
        place, port = folder / name, services.free_port()
        place.mkdir(parents=True)
        with database(place) as where:
            env = services.reach(place, port) | where
            assert child.run("server.server_rows", str(stored), env=env).value == stored
            with services.start_server(port, place / "server.log", env):
                # Schedulers and the like look around first.
                sleep(5)
                found[name] = _ask(env, repeats)
    rows: list[tuple[Cell, ...]] = []
    for what in found["SQLite"]:
        both = [found[name][what] for name in ("SQLite", "Postgres")]
        cells = [f(ms) for ms in both for f in (median, lambda x: quantiles(x, n=20)[-1])]
        rows.append((what, *cells, cells[0] / cells[2]))
    columns = ("", "SQLite", "95 %", "Postgres", "95 %", "SQLite / Postgres")
    return Table(title=f"Milliseconds at {stored:,} stored runs", columns=columns, rows=rows)


def run(options: Options) -> Result:
    """Both parts; the second needs Postgres, Redis and nginx."""
    from benchmarks.server import server_runs

    stored, repeats = (2_000, 20) if options.quick else (10_000, 60)
    answers = latency(options.folder / "latency", stored, repeats)
    runs, notes = server_runs.measure(options.folder / "runs", 6 if options.quick else 12)
    return Result(
        name="server",
        title="Prefect server: answers, and runs per minute by number of workers",
        tables=[answers, runs],
        notes=[
            "Answers: one client, one request after the other, one server process with its "
            "background services.",
            *notes,
        ],
    )
