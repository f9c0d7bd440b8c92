"""Seconds of the web app on the sample league: start, pages one after the other, 50 readers."""

import os
import secrets
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from time import perf_counter

import httpx

from benchmarks.model import Options, Result, Table, at_most
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import run_ingest
from ff_analytics.engine.products.pipeline import run_product

_READERS = 50
_PAGES = {
    "home": "/",
    "players": "/players",
    "players, filtered": "/players?where=vor:ge:0&sort=-war&position=WR",
    "player": "/player/SMP-01456",
    "league": "/league",
    "franchise": "/league?franchise=Bog+Goblins",
    "catalog": "/catalog",
    "table": "/catalog/analytics.mrt_player_valuation",
    "SQL": "/sql?q=FROM+analytics.mrt_player_valuation+LIMIT+100",
    "accuracy": "/accuracy",
}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _seconds(client: httpx.Client, path: str) -> float:
    started = perf_counter()
    client.get(path).raise_for_status()
    return perf_counter() - started


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def _crowd(client: httpx.Client) -> tuple[list[float], int]:
    """Seconds of 50 readers at once, four pages each, and how many were not answered."""
    paths = [*_PAGES.values()] * (_READERS * 4 // len(_PAGES))

    def one(path: str) -> float | None:
        try:
            return _seconds(client, path)
        except httpx.HTTPError:
            return None

    with ThreadPoolExecutor(_READERS) as pool:
        found = list(pool.map(one, paths))
    return [f for f in found if f is not None], sum(f is None for f in found)


def run(options: Options) -> Result:
    """The app is a process of its own; pages are read over HTTP with the login."""
    settings = Settings().embedded(options.folder)
    run_ingest("sample", {}, settings=settings)
    run_product("valuation", {}, settings=settings)
    login, port = f"admin:{secrets.token_urlsafe(12)}", _free_port()
    env = os.environ | {
        "FF_DATA_DIR": str(options.folder),
        "PREFECT_SERVER_API_AUTH_STRING": login,
        "PREFECT_API_URL": "http://127.0.0.1:9/api",
    }
    started = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "ff_analytics.app", "--port", str(port)],
        env=env,
        stdout=subprocess.DEVNULL,
    )
    try:
        user, password = login.split(":")
        limits = httpx.Limits(max_connections=_READERS)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            auth=(user, password),
            trust_env=False,
            timeout=60,
            limits=limits,
        ) as client:
            while True:
                try:
                    client.get("/health").raise_for_status()
                    break
                except httpx.TransportError:
                    time.sleep(0.01)
            start = perf_counter() - started
            return _pages(client, start, 5 if options.quick else 20)
    finally:
        process.terminate()
        process.wait(20)


def _pages(client: httpx.Client, start: float, repeats: int) -> Result:
    rows, worst = [], 0.0
    for name, path in _PAGES.items():
        first = _seconds(client, path)
        times = sorted(_seconds(client, path) for _ in range(repeats))
        p95 = _p95(times)
        worst = max(worst, p95 if name != "SQL" else 0.0)
        rows.append((name, first, times[len(times) // 2], p95))
    crowd, lost = _crowd(client)
    return Result(
        name="app",
        title="the web app on the sample league",
        tables=[
            Table(title="Seconds of a page", columns=("page", "first", "median", "p95"), rows=rows),
            Table(
                title=f"{_READERS} readers at once",
                columns=("requests", "median", "p95", "not answered"),
                rows=[(len(crowd) + lost, sorted(crowd)[len(crowd) // 2], _p95(crowd), lost)],
            ),
        ],
        aims=[
            at_most("from the start to the first answer", start, 2, "s"),
            at_most("slowest page, p95 (without a new query)", worst, 0.2, "s"),
            at_most(f"requests of {_READERS} readers without an answer", lost, 0),
        ],
    )
