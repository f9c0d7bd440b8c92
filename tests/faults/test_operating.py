"""Stopping and losing workers: runs finish, or are ended and their slot is freed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.processes import services
from tests.fakes.small_league import League
from tests.faults.site import POOL, Site, family, measured, overlaps, send
from tests.waiting import LIMIT, until

pytestmark = pytest.mark.timeout(LIMIT)


def test_a_drained_worker_lets_its_run_finish(site: Site, league: League, tmp_path: Path) -> None:
    release = tmp_path / "release"
    with site.worker("drained") as worker:
        run = site.hanging_run(league, release)
        drain = [
            sys.executable,
            "-m",
            "ff_analytics.cli",
            "drain",
            f"--pid={worker.process.pid}",
        ]
        waiting = subprocess.Popen(drain, cwd=PROJECT_ROOT, env={**os.environ, **site.env})
        until("the pool is paused", lambda: site.api("GET", f"/work_pools/{POOL}")["is_paused"])
        assert worker.process.poll() is None
        release.touch()
        assert waiting.wait(120) == 0
        until("the worker is gone", lambda: worker.process.poll() is not None)
    assert site.ended(run)["state_type"] == "COMPLETED"
    assert site.api("GET", f"/work_pools/{POOL}")["is_paused"] is False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_service_worker_drains_when_it_is_told_to_stop(
    number: signal.Signals, site: Site, league: League, tmp_path: Path
) -> None:
    log, release = site.folder / f"service-{number.name}.log", tmp_path / "release"
    arguments = ["ff_analytics.platform.local.worker", "--pool", POOL, "--name", "service"]
    with services.Service("worker", arguments, log, site.env, PROJECT_ROOT) as worker:
        until("the worker is up", lambda: "started!" in log.read_text())
        run = site.hanging_run(league, release)
        worker.process.send_signal(number)
        until("the pool is paused", lambda: site.api("GET", f"/work_pools/{POOL}")["is_paused"])
        release.touch()
        assert worker.process.wait(150) == 0
    assert site.ended(run)["state_type"] == "COMPLETED"


def test_prefects_own_stop_loses_the_run_and_the_watch_ends_it(
    site: Site, league: League, tmp_path: Path
) -> None:
    with site.worker("stopped"):
        run = site.hanging_run(league, tmp_path / "release")
    # The reason for drain and watch: nobody says that this run is dead.
    assert site.state(run) == "RUNNING"
    said = site.look()
    assert site.state(run) == "CRASHED", said


def test_a_run_outlives_its_killed_worker(site: Site, league: League, tmp_path: Path) -> None:
    release = tmp_path / "release"
    with site.worker("killed-alone") as worker:
        run = site.hanging_run(league, release)
        send(signal.SIGKILL, worker.process.pid)
        until("the worker is dead", lambda: worker.process.poll() is not None)
    with site.worker("successor"):
        following = site.submit("analytics/template", {}, FF_DATA_DIR=str(league.data))
        waits = lambda: site.flow_run(following)["state_name"] == "AwaitingConcurrencySlot"  # noqa: E731
        until("the successor has met the run's slot", waits, site.logs)
        said = site.look()
        assert site.state(run) == "RUNNING", said
        release.touch()
        ended, after = site.ended(run), site.ended(following)
    assert ended["state_type"] == "COMPLETED", ended["state"]
    assert after["state_type"] == "COMPLETED", after["state"]
    assert overlaps([ended, after]) == []
    assert [site.events(run, name) for name in ("Running", "Completed", "Crashed")] == [1, 1, 0]
    # The output continues in the run's file.
    log = (league.data / "logs" / "runs" / f"{run}.log").read_text()
    assert f"analytics/template, flow run {run}" in log
    assert "Finished in state Completed" in log


def test_worker_and_run_killed_at_once_free_their_slot(
    site: Site, league: League, tmp_path: Path
) -> None:
    with site.worker("killed") as worker:
        run = site.hanging_run(league, tmp_path / "release")
        send(signal.SIGKILL, *family(worker))
    assert site.state(run) == "RUNNING"
    with measured("one look of the watch to Crashed"):
        said = site.look()
        assert site.state(run) == "CRASHED", said
    with site.worker("next"):
        after = site.run("analytics/template", {}, FF_DATA_DIR=str(league.data))
    assert after["state_type"] == "COMPLETED", after["state"]


def test_a_living_run_is_left_in_peace(site: Site, league: League, tmp_path: Path) -> None:
    release = tmp_path / "release"
    with site.worker("alive"):
        run = site.hanging_run(league, release)
        site.look()
        assert site.state(run) == "RUNNING"
        release.touch()
        assert site.ended(run)["state_type"] == "COMPLETED"
