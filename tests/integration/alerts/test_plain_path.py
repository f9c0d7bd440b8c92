"""Alerts and watch of a platform that only the commands of the README have started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.api.server import pages
from ff_analytics.platform.processes import watch_process
from tests.integration.alerts.conftest import Alerting
from tests.waiting import LIMIT, until

pytestmark = pytest.mark.timeout(LIMIT)


async def automation_names() -> set[str]:
    async with get_client() as client:
        return {automation.name for automation in await pages(client.read_automations)}


def test_the_alerts_are_shown_without_discord(alerting: Alerting) -> None:
    before, heard = alerting.ask(automation_names()), len(alerting.discord.arrived())
    done = alerting.script("notify-test", "--local", DISCORD_WEBHOOK_URL="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 of 5 messages delivered to this terminal" in done.stdout
    assert "FF Analytics Bot  APP" in done.stdout
    assert "notify-test/notify-test failed in notify-test (contract)" in done.stdout
    assert len(alerting.discord.arrived()) == heard
    assert alerting.ask(automation_names()) == before


def test_a_worker_starts_the_watch_and_takes_it_along(alerting: Alerting, tmp_path: Path) -> None:
    words = ["prefect", "worker", "start", "--pool", "local-process-pool", "--name", "plain"]
    own = {"FF_DATA_DIR": str(tmp_path), "FF_WATCH": "true"}
    log = tmp_path / "logs" / "watch.log"
    with (tmp_path / "worker.log").open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=PROJECT_ROOT,
            env={**os.environ, **alerting.env, **own},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        until("the watch looks", lambda: log.exists() and "watching every" in log.read_text())
        with watch_process.only_watch(tmp_path / "watch") as free:
            assert not free
    finally:
        worker.send_signal(signal.SIGINT)
        worker.wait(60)
    until("the watch has ended", lambda: "the last worker has ended" in log.read_text())
    assert "Started the watch" in (tmp_path / "worker.log").read_text()
