"""Runs that were forked by the worker's fork server, killed like those of a plain start."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ff_analytics.platform.processes import services
from ff_analytics.platform.processes.process_table import processes
from tests.fakes.small_league import League
from tests.faults.site import POOL, Site, family, send
from tests.waiting import LIMIT, until

pytestmark = [
    pytest.mark.timeout(LIMIT),
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere runs start plainly"),
]


@contextmanager
def warm_worker(site: Site, league: League, name: str) -> Iterator[services.Service]:
    """A worker whose fork server is ready for runs on the league."""
    env = {**site.env, "FF_DATA_DIR": str(league.data), "FF_WARM_START": "true"}
    said = league.data / "logs" / "warm.log"
    with services.start_worker(POOL, site.folder / f"{name}.log", env, name) as worker:
        site.run("workspace-check/hello", {}, FF_DATA_DIR=str(league.data))
        ready = f"ready for runs of worker {worker.process.pid}"
        until("the fork server is ready", lambda: said.exists() and ready in said.read_text())
        yield worker
    # The next test deletes the folder.
    until("no fork server is left", lambda: servers(worker) == [])


def forked(league: League, run: str) -> bool:
    """Whether the process that the run's output names is a child of a fork server."""
    heading = (league.data / "logs" / "runs" / f"{run}.log").read_text().splitlines()[0]
    pid = int(heading.split("pid ")[1].split(",")[0])
    return any(p.pid == pid and "warm.server" in p.command for p in processes())


def servers(worker: services.Service) -> list[int]:
    """Fork servers of the worker, and the runs that they have forked."""
    mine = f" {worker.process.pid} "
    return [p.pid for p in processes() if "warm.server" in p.command and mine in p.command]


def test_a_killed_run_crashes_and_the_next_one_converges(
    site: Site, league: League, tmp_path: Path
) -> None:
    with warm_worker(site, league, "warm-kill"):
        run = site.hanging_run(league, tmp_path / "release")
        assert forked(league, run)
        heading = (league.data / "logs" / "runs" / f"{run}.log").read_text()
        send(signal.SIGKILL, int(heading.split("pid ")[1].split(",")[0]))
        crashed = site.ended(run)
        assert crashed["state_type"] == "CRASHED"
        assert "SIGKILL" in crashed["state"]["message"]
        again = site.run("analytics/template", {}, FF_DATA_DIR=str(league.data))
        assert again["state_type"] == "COMPLETED", again["state"]


def test_a_run_outlives_its_killed_worker_and_the_fork_server_ends_after_it(
    site: Site, league: League, tmp_path: Path
) -> None:
    release = tmp_path / "release"
    with warm_worker(site, league, "warm-worker") as worker:
        run = site.hanging_run(league, release)
        assert forked(league, run)
        send(signal.SIGKILL, worker.process.pid)
        until("the worker is dead", lambda: worker.process.poll() is not None)
        said = site.look()
        assert site.state(run) == "RUNNING", said
        release.touch()
        assert site.ended(run)["state_type"] == "COMPLETED"
        until("no fork server is left", lambda: servers(worker) == [])


def test_worker_and_run_killed_at_once_free_their_slot(
    site: Site, league: League, tmp_path: Path
) -> None:
    with warm_worker(site, league, "warm-both") as worker:
        run = site.hanging_run(league, tmp_path / "release")
        assert forked(league, run)
        send(signal.SIGKILL, *family(worker))
        said = site.look()
        assert site.state(run) == "CRASHED", said
        until("no fork server is left", lambda: servers(worker) == [])


def test_a_cancelled_run_ends(site: Site, league: League, tmp_path: Path) -> None:
    with warm_worker(site, league, "warm-cancel"):
        run = site.hanging_run(league, tmp_path / "release")
        assert forked(league, run)
        state = {"type": "CANCELLING", "name": "Cancelling"}
        site.api("POST", f"/flow_runs/{run}/set_state", state=state)
        assert site.ended(run)["state_type"] == "CANCELLED"
        until("the run's process is gone", lambda: not forked(league, run))


def test_a_stopped_worker_takes_its_fork_server_along(site: Site, league: League) -> None:
    with warm_worker(site, league, "warm-stop") as worker:
        assert len(servers(worker)) == 1
    until("no fork server is left", lambda: servers(worker) == [])
