"""The compose file: valid, its secrets from .env alone, its settings known to Prefect."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.settings import Settings
from prefect.settings.legacy import _get_valid_setting_names

from ff_analytics.engine.base.settings import PROJECT_ROOT

FILE = PROJECT_ROOT / "deployments" / "compose" / "compose.yaml"
NEEDED = {
    "PREFECT_API_AUTH_STRING": "admin:planted-login",
    "PREFECT_SERVER_API_AUTH_STRING": "admin:planted-login",
    "FF_POSTGRES_PASSWORD": "planted-postgres",
    "FF_REDIS_PASSWORD": "planted-redis",
}


@pytest.fixture
def services() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text())["services"])


def client() -> list[str]:
    """The compose client of this machine; the check needs no Docker engine."""
    for words in (["docker-compose"], ["docker", "compose"]):
        if shutil.which(words[0]):
            asked = subprocess.run([*words, "version"], capture_output=True, check=False)
            if asked.returncode == 0:
                return words
    pytest.skip("no compose client is installed (Debian: apt-get install docker-compose)")


def config(folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """`docker compose config` of a copy beside a .env with these lines."""
    copy = folder / "deployments" / "compose"
    shutil.copytree(FILE.parent, copy)
    env = folder / ".env"
    env.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    words = ["--env-file", str(env), "-f", str(copy / FILE.name), "config"]
    return subprocess.run([*client(), *words], capture_output=True, text=True, check=False)


def test_a_client_accepts_it_with_the_four_lines(tmp_path: Path) -> None:
    done = config(tmp_path, **NEEDED)
    assert done.returncode == 0, done.stderr
    made = yaml.safe_load(done.stdout)["services"]
    replicas = [name for name, one in made.items() if "--no-services" in one.get("command", [])]
    assert replicas == ["api-1", "api-2"]
    assert made["worker"]["environment"]["FF_LAKE_CATALOG"].startswith("postgres:host=postgres")


@pytest.mark.parametrize("missing", ["FF_POSTGRES_PASSWORD", "PREFECT_SERVER_API_AUTH_STRING"])
def test_without_a_secret_nothing_is_started(tmp_path: Path, missing: str) -> None:
    done = config(tmp_path, **{k: v for k, v in NEEDED.items() if k != missing})
    assert done.returncode != 0
    assert "set it in .env" in done.stderr


def test_only_one_replica_notes_the_blocks_and_nobody_migrates_at_its_start(
    services: dict[str, Any],
) -> None:
    notes = {
        name: service["environment"].get("PREFECT_SERVER_REGISTER_BLOCKS_ON_START")
        for name, service in services.items()
        if "PREFECT_API_URL" in service.get("environment", {})
    }
    assert [name for name, value in notes.items() if value == "true"] == ["api-1"]
    for name in notes:
        settings = services[name]["environment"]
        assert settings["PREFECT_SERVER_DATABASE_MIGRATE_ON_START"] == "false"


@pytest.mark.parametrize("name", ["postgres", "redis", "api-1", "api-2", "proxy", "worker"])
def test_health_is_asked_every_30_seconds(services: dict[str, Any], name: str) -> None:
    check = services[name]["healthcheck"]
    assert (check["interval"], check["timeout"]) == ("30s", "10s")


def test_a_stopped_worker_has_time_to_drain(services: dict[str, Any]) -> None:
    command = services["worker"]["command"]
    grace = int(command[command.index("--grace") + 1])
    assert int(services["worker"]["stop_grace_period"].rstrip("s")) >= grace + 60


def test_no_secret_is_in_the_file_and_each_variable_in_the_example() -> None:
    text = FILE.read_text()
    example = (PROJECT_ROOT / ".env.example").read_text()
    used = set(re.findall(r"\$\{(\w+)", text))
    assert [name for name in sorted(used) if f"{name}=" not in example] == []
    assert re.findall(r"(?i)(?:password|auth)\w*: (?!\$\{)\S+", text) == []


def test_prefect_knows_every_setting(services: dict[str, Any]) -> None:
    named = {n for n in services["api-1"]["environment"] if n.startswith("PREFECT_")}
    # Those of prefect-redis are not among the server's own.
    own = {name for name in named if not name.startswith("PREFECT_REDIS_")}
    assert own - _get_valid_setting_names(Settings) == set()
