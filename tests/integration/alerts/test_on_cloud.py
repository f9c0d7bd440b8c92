"""Prefect Cloud, as far as it goes without an account: its door, its paths, its key."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from prefect.client.orchestration import get_client
from prefect.events import Event, Resource
from prefect.events.clients import get_events_client
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_KEY,
    PREFECT_API_URL,
    PREFECT_CLOUD_API_URL,
    temporary_settings,
)

from ff_analytics.demo.providers.serving import serve
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.state import automations, deployed
from tests.fakes.prefect_cloud import Cloud
from tests.integration.alerts.conftest import Alerting

PLATFORM = "platform"
NO_KEY = "PREFECT_API_KEY is not set"
WRONG_KEY = "Prefect Cloud does not let us in (401)"


@pytest.fixture(scope="module")
def door() -> Iterator[tuple[Cloud, str]]:
    """A Cloud of which only the door is needed."""
    cloud = Cloud()
    with serve(cloud.app(), cloud.faults) as url:
        yield cloud, url


def said(env: dict[str, str], *words: str) -> tuple[int, str]:
    """Exit code and output of a command in the project's folder."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("command", "key", "words", "expected"),
    [
        ("ff_analytics.cli platform plan", "pnu_wrong", WRONG_KEY, 2),
        ("ff_analytics.cli watch", "pnu_wrong", WRONG_KEY, 2),
        ("ff_analytics.cli doctor", "pnu_wrong", WRONG_KEY, 1),
        ("prefect worker start --pool local-process-pool", "pnu_wrong", WRONG_KEY, 1),
        ("prefect --no-prompt deploy --all", "", NO_KEY, 1),
    ],
)
def test_a_missing_or_wrong_key_is_one_sentence(
    door: tuple[Cloud, str], command: str, key: str, words: str, expected: int
) -> None:
    cloud, url = door
    code, text = said(cloud.env(url, key), *command.split())
    assert (code, text.count(words)) == (expected, 1), text
    assert "Traceback" not in text


def test_events_go_to_the_workspace_with_the_key(door: tuple[Cloud, str]) -> None:
    async def send() -> None:
        async with get_events_client() as stream:
            resource = Resource.model_validate({"prefect.resource.id": "ff.test"})
            await stream.emit(Event(event="ff.test", resource=resource))

    cloud, url = door
    env = cloud.env(url)
    settings = {
        PREFECT_CLOUD_API_URL: env["PREFECT_CLOUD_API_URL"],
        PREFECT_API_URL: env["PREFECT_API_URL"],
        PREFECT_API_KEY: env["PREFECT_API_KEY"],
        PREFECT_API_AUTH_STRING: None,
    }
    with temporary_settings(settings):
        asyncio.run(send())
    assert [key.lower() for key in cloud.knocks] == [f"bearer {cloud.key}"]


async def take_away() -> None:
    async with get_client() as client:
        ours = await automations.ours(client)
        await client.delete_automation(ours["ff-watch"].id)
        hello = (await deployed.on_server(client))["workspace-check/hello"]
        await client.delete_deployment(hello.id)


def test_plan_and_apply_bring_a_workspace_in_step(alerting: Alerting) -> None:
    cloud = Cloud(alerting.env["PREFECT_API_URL"], alerting.env["PREFECT_API_AUTH_STRING"])
    alerting.ask(take_away())
    with serve(cloud.app(), cloud.faults) as url:
        reach = {**alerting.env, **cloud.env(url)}
        _, plan = said(reach, "ff_analytics.cli", PLATFORM, "plan")
        assert "+ automation ff-watch\n" in plan, plan
        assert "+ deployment workspace-check/hello" in plan
        _, applied = said(reach, "ff_analytics.cli", PLATFORM, "apply")
        assert "Applied: 2 changes." in applied, applied
        assert "Nothing to change." in said(reach, "ff_analytics.cli", PLATFORM, "apply")[1]
    asked = cloud.faults.journal
    assert {seen.headers["authorization"] for seen in asked} == {f"Bearer {cloud.key}"}
    assert [seen.path for seen in asked if cloud.workspace not in seen.path] == []
    assert [seen.path for seen in asked if "/admin/" in seen.path or "csrf" in seen.path] == []
    made = [seen.path for seen in asked if seen.method == "POST"]
    assert f"/api{cloud.workspace}/automations/" in made
    assert f"/api{cloud.workspace}/deployments/" in made
