"""Server, worker and runs lost together, or out of reach: what was under way, and what comes next.

`site.look()` is one look of the watch, which a machine takes every 20 seconds.
"""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from ff_analytics.platform.watch.findings import Finding
from ff_analytics.platform.watch.poll import end_zombies
from tests.fakes.reader import check_settled
from tests.fakes.small_league import WANTED, League
from tests.faults.site import Site, family, measured, overlaps, send
from tests.waiting import LIMIT, until

pytestmark = pytest.mark.timeout(LIMIT)
HELLO = "workspace-check/hello"


@pytest.fixture(autouse=True)
def _server_again(site: Site) -> Iterator[None]:
    yield
    if site.server.process.poll() is not None:
        site.start_server()


def completes(site: Site, league: League) -> None:
    """The next run gets its slot and leaves what an undisturbed run leaves."""
    after = site.run("analytics/valuation", WANTED, FF_DATA_DIR=str(league.data))
    assert after["state_type"] == "COMPLETED", after["state"]["message"]
    check_settled(league)


def test_a_server_killed_in_mid_run_and_started_again_loses_nothing(
    site: Site, league: League, tmp_path: Path
) -> None:
    release = tmp_path / "release"
    with site.worker("outlives"):
        run = site.hanging_run(league, release, "analytics/valuation", **WANTED)
        site.kill_server()
        release.touch()
        with measured("server killed, started again, and the run's end known"):
            site.start_server()
            done = site.ended(run)
        assert done["state_type"] == "COMPLETED", done["state"]["message"]
        # The worker has outlived it, too, and nobody ran it a second time.
        completes(site, league)
    assert done["run_count"] == 1


def test_all_killed_at_once_and_again_while_they_come_back(
    site: Site, league: League, tmp_path: Path
) -> None:
    with site.worker("first") as worker:
        run = site.hanging_run(league, tmp_path / "release", "analytics/valuation", **WANTED)
        site.kill_server(*family(worker))
    site.start_server()
    with site.worker("second") as worker:
        looking = subprocess.Popen(
            [sys.executable, "-m", "ff_analytics.cli", "watch"], env=site.whole_env()
        )
        site.kill_server(*family(worker), looking.pid)
        looking.wait()
    with measured("all killed twice: server and one look of the watch to Crashed"):
        site.start_server()
        said = site.look()
        assert site.state(run) == "CRASHED", said
    site.look()
    with site.worker("third"):
        completes(site, league)
    until("its end is an event", lambda: site.events(run, "Crashed") > 0)
    assert site.events(run, "Crashed") == 1
    assert site.flow_run(run)["run_count"] == 1


def test_the_watch_does_not_end_what_has_completed_meanwhile(site: Site) -> None:
    run = site.submit_at(HELLO, datetime.now(UTC) + timedelta(hours=1))
    site.api("POST", f"/flow_runs/{run}/set_state", state={"type": "COMPLETED"}, force=True)
    seen = Finding(kind="zombie", subject=run, run_id=run, message="was Running", what_to_do="")

    async def end_late() -> None:
        async with get_client() as client:
            await end_zombies(client, [seen])

    reach = {
        PREFECT_API_URL: site.env["PREFECT_API_URL"],
        PREFECT_API_AUTH_STRING: site.env["PREFECT_API_AUTH_STRING"],
    }
    with temporary_settings(reach):
        asyncio.run(end_late())
    assert site.state(run) == "COMPLETED"


@contextmanager
def every_minute(site: Site, name: str) -> Iterator[str]:
    """The deployment with a schedule of one run a minute; its id."""
    known = site.deployment(name)
    cron = {"cron": "* * * * *", "timezone": "UTC"}
    wanted = [{"schedule": cron, "active": True, "slug": "every-minute"}]
    made = site.api("POST", f"/deployments/{known}/schedules", wanted)
    try:
        yield known
    finally:
        site.api("DELETE", f"/deployments/{known}/schedules/{made[0]['id']}")


def test_ticks_missed_without_a_worker_run_once_each_and_one_by_one(site: Site) -> None:
    """The server has their runs already, as after a night in which the machine slept."""
    now = datetime.now(UTC)
    with every_minute(site, HELLO) as deployment:
        past = {"start_time": f"{now - timedelta(seconds=150)}", "end_time": f"{now}"}
        site.api("POST", f"/deployments/{deployment}/schedule", **past)
        due = {
            "deployments": {"id": {"any_": [deployment]}},
            "flow_runs": {"expected_start_time": {"before_": now.isoformat()}},
        }
        ticks = [r for r in site.api("POST", "/flow_runs/filter", **due) if r["auto_scheduled"]]
        assert len(ticks) >= 2
        with measured("a worker's start to the end of the missed ticks"), site.worker("back"):
            runs = [site.ended(tick["id"]) for tick in ticks]
    assert {run["state_type"] for run in runs} == {"COMPLETED"}
    assert {run["run_count"] for run in runs} == {1}
    assert overlaps(runs) == []


def test_a_machine_that_sleeps_over_a_run_and_a_tick_ends_with_both_done(
    site: Site, league: League, tmp_path: Path
) -> None:
    release = tmp_path / "release"
    with site.worker("sleeps") as worker:
        run = site.hanging_run(league, release)
        everybody = [*site.server_pids(), *family(worker)]
        due = datetime.now(UTC) + timedelta(seconds=2)
        tick = site.submit_at(HELLO, due)
        send(signal.SIGSTOP, *everybody)
        release.touch()
        until("the tick is past", lambda: datetime.now(UTC) > due + timedelta(seconds=2))
        send(signal.SIGCONT, *everybody)
        with measured("waking to the end of the run and of the missed tick"):
            both = [site.ended(run), site.ended(tick)]
    assert [done["state_type"] for done in both] == ["COMPLETED"] * 2
    assert [done["run_count"] for done in both] == [1, 1]


def test_a_locked_database_of_the_server_is_outlived(
    site: Site, league: League, tmp_path: Path
) -> None:
    release = tmp_path / "release"
    with site.worker("waits"):
        run = site.hanging_run(league, release, "analytics/valuation", **WANTED)
        database = sqlite3.connect(Path(site.env["PREFECT_HOME"]) / "prefect.db", timeout=60)
        database.execute("BEGIN EXCLUSIVE")
        release.touch()
        # The server waits 10 s for its database, then says 503.
        time.sleep(float(os.environ.get("FF_TEST_LOCK_SECONDS", "12")))
        database.rollback()
        database.close()
        with measured("the database free again to the end of the run"):
            done = site.ended(run)
    assert done["state_type"] == "COMPLETED", done["state"]["message"]
    assert done["run_count"] == 1
    check_settled(league)


def test_a_direct_run_beside_the_worker_meets_it_without_harm(
    site: Site, league: League, tmp_path: Path
) -> None:
    release = tmp_path / "release"
    with site.worker("beside"):
        run = site.hanging_run(league, release, "analytics/valuation", **WANTED)
        direct = league.start()
        release.touch()
        said = direct.communicate()[1]
        assert direct.returncode == 0, said
        assert site.ended(run)["state_type"] == "COMPLETED"
    check_settled(league)
