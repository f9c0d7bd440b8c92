"""The docker pool: which deployments run in it, and the container that a run of theirs gets."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings
from prefect_docker.worker import DockerWorker, DockerWorkerJobConfiguration

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.secret_shapes import refuse_values
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.platform import manifest, startup
from ff_analytics.platform.declared import files
from ff_analytics.platform.state import pools

DECLARED = files.load().work_pools
POOL = next(pool for pool in DECLARED if pool.name == "docker-pool")
SERVER = "http://prefect.example.org/api"


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """FF_WORK_POOL=docker-pool for the test."""
    monkeypatch.setenv("FF_WORK_POOL", "docker-pool")
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()


def container(api_url: str) -> dict[str, Any]:
    """What prefect-docker would ask of the engine for a run, from a worker with its own home."""
    template = pools.template_with(
        DockerWorker.get_default_base_job_template(), POOL.defaults, POOL.name
    )
    engine: Any = SimpleNamespace(version=lambda: {"Version": "28.2.2"})
    with temporary_settings({PREFECT_API_URL: api_url, PREFECT_HOME: "/home/somebody/.prefect"}):
        job = asyncio.run(DockerWorkerJobConfiguration.from_template_and_values(template, {}))
        job.prepare_for_flow_run(FlowRun(id=uuid4(), flow_id=uuid4(), name="quiet-owl"))
        worker = DockerWorker(work_pool_name=POOL.name)
        settings: dict[str, Any] = worker._build_container_settings(engine, job)
        return settings


def test_without_a_choice_everything_runs_in_the_process_pool() -> None:
    assert {e.work_pool.name for e in manifest.load().deployments} == {"local-process-pool"}
    assert [pool.name for pool in pools.in_use(DECLARED)] == ["local-process-pool"]


def test_one_variable_moves_all_deployments(chosen: pytest.MonkeyPatch) -> None:
    assert {e.work_pool.name for e in manifest.load().deployments} == {"docker-pool"}
    assert [pool.name for pool in pools.in_use(DECLARED)] == ["docker-pool"]
    assert startup.chosen_pool(["deploy"]) == {"FF_WORK_POOL": "docker-pool"}
    assert startup.chosen_pool(["worker", "start"]) == {}


def test_a_pool_without_a_file_is_named(chosen: pytest.MonkeyPatch) -> None:
    chosen.setenv("FF_WORK_POOL", "docker-poll")
    get_settings.cache_clear()
    with pytest.raises(
        ConfigError, match=r"no deployments/work-pools/docker-poll\.yaml.*docker-pool"
    ):
        pools.in_use(DECLARED)


def test_a_run_gets_the_image_with_this_hosts_settings_mounted() -> None:
    asked = container(SERVER)
    assert asked["image"] == POOL.defaults["image"]
    assert asked["volumes"] == ["/etc/ff-analytics/env:/app/.env:ro", "ff-analytics-data:/app/data"]
    # Only under this command does a cancelled run end: a docker worker stops pending ones alone.
    assert asked["command"] == "prefect flow-run execute"
    assert (asked["network"], asked["network_mode"], asked["privileged"]) == (None, None, False)
    assert asked["init"] is True
    assert asked["cap_drop"] == ["ALL"]
    assert asked["auto_remove"] is False


def test_a_run_has_its_own_home_and_finds_its_server() -> None:
    environment = container(SERVER)["environment"]
    assert environment["PREFECT_HOME"] == "/app/data/prefect"
    assert environment["PREFECT_API_URL"] == SERVER
    # Beside a server on loopback the container shares the host's network.
    beside = container("http://127.0.0.1:4200/api")
    assert beside["network_mode"] == "host"
    assert beside["environment"]["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"


def test_what_the_server_keeps_holds_no_secret() -> None:
    refuse_values(POOL.defaults, "docker-pool")
    with pytest.raises(ConfigError, match=r"work-pools/p\.yaml: .*'FF_TOKEN'"):
        files.WorkPool(name="p", type="docker", description="", defaults={"env": {"FF_TOKEN": "x"}})
