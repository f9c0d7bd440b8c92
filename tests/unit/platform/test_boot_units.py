"""Units that start the platform with the machine: valid, and careful with running flows."""

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.platform.boot.units import ROLES, Place, Role, render, roles_here, units

LOCAL = "http://127.0.0.1:4200/api"
# systemd gives every one of these signs a meaning of its own.
AWKWARD = 'a folder with 100% "signs" and $HOME'


# A machine of several: two replicas of the API, with the services apart.
SCALED: tuple[Role, ...] = ("api", "services", "worker", "watch")


def rendered(
    manager: str,
    place: Place | None = None,
    url: str = LOCAL,
    roles: tuple[Role, ...] | None = None,
) -> dict[str, str]:
    chosen = units(roles or roles_here(url), 300, (4201, 4202))
    return render(manager, place or Place(), chosen)  # type: ignore[arg-type]


@pytest.mark.parametrize("user", [None, "root"])
@pytest.mark.parametrize(("folder", "roles"), [("plain", None), (AWKWARD, None), ("plain", SCALED)])
def test_systemd_accepts_the_units(
    tmp_path: Path, user: str | None, folder: str, roles: tuple[Role, ...] | None
) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    home = tmp_path / folder
    home.mkdir()
    for name, text in rendered("systemd", Place(home=home, user=user), roles=roles).items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(["--user"] if user is None else [])]
        + [str(file) for file in sorted(tmp_path.glob("*.service"))],
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        check=False,
    )
    # Other units of the machine may have faults of their own; ours are named by their prefix.
    ours = [line for line in done.stderr.splitlines() if "ff-analytics" in line]
    assert (ours, done.returncode) == ([], 0), done.stderr


def test_a_stop_of_the_worker_lets_its_runs_finish() -> None:
    worker = rendered("systemd")["ff-analytics-worker.service"]
    assert "ff_analytics.cli drain --grace 300 --pid $MAINPID" in worker
    assert "KillMode=process" in worker
    assert "OOMPolicy=continue" in worker
    limit = int(worker.partition("TimeoutStopSec=")[2].split()[0])
    assert limit > 300
    # What is ordered after the server is stopped before it.
    assert "After=network.target ff-analytics-server.service" in worker


@pytest.mark.parametrize("user", [None, "someone"])
def test_launchd_jobs_are_property_lists(user: str | None) -> None:
    place = Place(home=Path("/Users/a & b/<ff>"), user=user)
    jobs = {name: plistlib.loads(t.encode()) for name, t in rendered("launchd", place).items()}
    assert {job["WorkingDirectory"] for job in jobs.values()} == {"/Users/a & b/<ff>"}
    worker = jobs["ff-analytics-worker.plist"]
    assert "ff_analytics.platform.local.worker" in worker["ProgramArguments"]
    assert worker["AbandonProcessGroup"]
    assert worker["ExitTimeOut"] > 300
    assert worker.get("UserName") == user


def test_a_server_elsewhere_is_not_started_here() -> None:
    names = rendered("systemd", url="https://prefect.example.org/api")
    assert list(names) == ["ff-analytics-worker.service", "ff-analytics-watch.service"]
    assert "ff-analytics-server" not in "".join(names.values())


def test_replicas_are_kept_healthy_have_own_pages_and_only_one_notes_the_blocks(
    tmp_path: Path, lake_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "all data"
    monkeypatch.setenv("FF_DATA_DIR", str(data))
    get_settings.cache_clear()
    made = rendered("systemd", roles=SCALED)
    assert list(made) == [
        f"ff-analytics-{name}.service" for name in ("api-4201", "api-4202", *SCALED[1:])
    ]
    first, second = (made[f"ff-analytics-api-{port}.service"] for port in (4201, 4202))
    assert "--url http://127.0.0.1:4201/api/health -- " in first
    elsewhere = units(["api"], 300, (4201,), "10.0.0.5")[0]
    assert "http://10.0.0.5:4201/api/health" in elsewhere.command
    assert "server start --no-services --port 4202" in second
    assert ["REGISTER_BLOCKS_ON_START=false" in unit for unit in (first, second)] == [False, True]
    for port, unit in ((4201, first), (4202, second)):
        assert f'"PREFECT_SERVER_UI_STATIC_DIRECTORY={data}/prefect-ui/{port}"' in unit
    assert (
        "After=network.target ff-analytics-api-4201.service" in made["ff-analytics-worker.service"]
    )
    jobs = rendered("launchd", roles=SCALED)
    second_job = plistlib.loads(jobs["ff-analytics-api-4202.plist"].encode())
    assert second_job["EnvironmentVariables"]["PREFECT_SERVER_REGISTER_BLOCKS_ON_START"] == "false"


def test_no_unit_holds_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "admin:planted-secret")
    for manager in ("systemd", "launchd"):
        assert "planted-secret" not in "".join(rendered(manager, roles=ROLES).values())


@pytest.mark.parametrize(
    "wrong", [{"home": Path("/a\nExecStart=/bin/sh")}, {"prefix": "../../etc"}, {"user": "x\ny"}]
)
def test_a_place_cannot_smuggle_lines_into_a_unit(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Place(**wrong)  # type: ignore[arg-type]
