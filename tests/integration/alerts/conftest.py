"""One server and worker for the folder; what they send to discord.com arrives in the tests."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings
from prefect.states import Running

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.processes import services
from tests import server_template
from tests.fakes import discord
from tests.fakes.discord import Discord
from tests.fakes.planted import PLANTED, environment
from tests.waiting import PATIENCE

Made = TypeVar("Made")


def planted() -> dict[str, str]:
    """The lake is on a Postgres that nobody runs: errors are where a password comes out."""
    nowhere = f"host=127.0.0.1 port={services.free_port()} dbname=lake user=ff"
    dsn = f"{nowhere} password={PLANTED['database']}"
    return {**environment(), "FF_LAKE_CATALOG": f"postgres:{dsn}"}


ENTRYPOINT = "tests.integration.alerts.probe.probe"


@dataclass
class Alerting:
    """The platform, its Discord, and ways to make runs end."""

    env: Mapping[str, str]
    discord: Discord
    folder: Path
    first_plan: subprocess.CompletedProcess[str]
    probes: dict[str, UUID] = field(default_factory=dict)

    @property
    def ui(self) -> str:
        return self.env["PREFECT_API_URL"].removesuffix("/api")

    def script(self, command: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """`ff COMMAND` against this server; an empty value unsets a variable."""
        return script(self.env, command, *arguments, **env)

    def ask(self, work: Coroutine[Any, Any, Made]) -> Made:
        """Run a coroutine whose clients talk to this server."""
        settings = {
            PREFECT_API_URL: self.env["PREFECT_API_URL"],
            PREFECT_API_AUTH_STRING: self.env["PREFECT_API_AUTH_STRING"],
        }
        with temporary_settings(settings):
            return asyncio.run(work)

    def end(self, *states: State[Any], deployment: str = "by-hand") -> list[UUID]:
        """Runs that go from Running to each of these states together, without a process."""

        async def work() -> list[UUID]:
            async with get_client() as client:
                make, move = client.create_flow_run_from_deployment, client.set_flow_run_state
                runs = [await make(self.probes[deployment]) for _ in states]
                for run in runs:
                    await move(run.id, Running(), force=True)
                pairs = zip(runs, states, strict=True)
                await asyncio.gather(*(move(run.id, end, force=True) for run, end in pairs))
                return [run.id for run in runs]

        return self.ask(work())


def script(
    reach: Mapping[str, str], command: str, *arguments: str, **env: str
) -> subprocess.CompletedProcess[str]:
    """`ff COMMAND` as a person starts it, without a terminal."""
    merged = {**os.environ, **reach, **env}
    return subprocess.run(
        [sys.executable, "-m", "ff_analytics.cli", command, *arguments],
        cwd=PROJECT_ROOT,
        env={name: value for name, value in merged.items() if value},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=PATIENCE,
    )


async def deploy_probes() -> dict[str, UUID]:
    """One deployment of the probe per way to end: each is an object of alerts of its own."""
    kinds = ("configuration", "contract", "dbt", "unforeseen", "killed", "retried", "warned")
    made = {}
    async with get_client() as client:
        flow = await client.create_flow_from_name("probe")
        for kind in (*kinds, "by-hand"):
            made[kind] = await client.create_deployment(
                flow,
                name=kind,
                entrypoint=ENTRYPOINT,
                parameters={"kind": kind},
                # Without a pool no worker takes the runs that a test ends by hand.
                work_pool_name=None if kind == "by-hand" else "local-process-pool",
                tags=["ff", "probe"],
            )
    return made


@pytest.fixture(scope="session")
def alerting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alerting]:
    folder = tmp_path_factory.mktemp("alerting")
    server_template.migrated(folder / "prefect", tmp_path_factory)
    with (
        discord.serve(folder / "discord") as fake,
        services.running_platform(folder, {**fake.env(), **planted()}) as reach,
    ):
        plan = script(reach, "platform", "plan", DISCORD_WEBHOOK_URL="")
        applied = script(reach, "platform", "apply")
        assert applied.returncode == 0, applied.stderr
        site = Alerting(reach, fake, folder, plan)
        site.probes = site.ask(deploy_probes())
        yield site
