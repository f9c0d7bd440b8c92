"""`.env` that others can read, and logins that they can guess: found, said, never repeated."""

import asyncio
import stat
from pathlib import Path

import pytest
from prefect.settings import (
    PREFECT_SERVER_API_AUTH_STRING,
    PREFECT_SERVER_API_HOST,
    temporary_settings,
)

from ff_analytics.cli.main import main as ff
from ff_analytics.platform import doctor, env_file, exposure
from ff_analytics.platform.watch import poll

PLANTED = "planted-Secret-91"


@pytest.fixture
def env(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir(mode=0o755)
    file = folder / ".env"
    file.write_text(f"PREFECT_API_AUTH_STRING=admin:{PLANTED}\n")
    file.chmod(0o600)
    return file


def test_a_private_env_is_fine(env: Path) -> None:
    assert exposure.of_env(env) == []
    assert exposure.of_env(env.with_name("absent")) == []


@pytest.mark.parametrize(
    ("mode", "who"), [(0o644, "others"), (0o604, "others"), (0o640, "its group"), (0o620, "group")]
)
def test_an_env_open_to_others_names_the_command_that_closes_it(
    env: Path, mode: int, who: str
) -> None:
    env.chmod(mode)
    (found,) = exposure.of_env(env)
    assert who in found.found
    assert found.what_to_do == f"chmod 600 {env}"
    assert PLANTED not in f"{found}"


def test_a_folder_in_which_others_can_replace_it(env: Path) -> None:
    env.parent.chmod(0o777)
    (found,) = exposure.of_env(env)
    assert found.what_to_do == f"chmod go-w {env.parent}"
    env.parent.chmod(0o777 | stat.S_ISVTX)
    assert exposure.of_env(env) == []


@pytest.mark.parametrize(
    "login",
    ["admin", "admin:", ":long-and-random-9", "admin:admin", "Operator12345:operator12345",
     "admin:change-me", "admin:Password123!", "admin:k3Xv9", "admin:aaaaaaaaaaaaaaaa"],
)  # fmt: skip
def test_a_login_that_can_be_guessed_is_weak(login: str) -> None:
    said = exposure.weakness(login)
    assert said
    assert login.partition(":")[2] not in said or not login.partition(":")[2]


def test_the_generated_login_is_strong(tmp_path: Path) -> None:
    env_file.ensure(tmp_path / ".env")
    made = env_file.read(tmp_path / ".env")["PREFECT_SERVER_API_AUTH_STRING"]
    assert exposure.weakness(made) == ""


@pytest.mark.parametrize(
    ("host", "login", "found"),
    [
        ("0.0.0.0", None, "is missing"),
        ("0.0.0.0", "admin:change-me", "well-known"),
        ("192.168.0.7", "admin:admin", "user's name"),
        ("0.0.0.0", f"admin:{PLANTED}", ""),
        ("127.0.0.1", "admin:admin", ""),
    ],
)
def test_a_server_that_others_can_reach_needs_a_strong_login(
    host: str, login: str | None, found: str
) -> None:
    settings = {PREFECT_SERVER_API_HOST: host, PREFECT_SERVER_API_AUTH_STRING: login}
    with temporary_settings(settings):
        said = " ".join(one.found for one in exposure.of_server())
    assert found in said
    assert bool(said) is bool(found)


def test_run_doctor_and_watch_say_it_and_repeat_no_secret(
    env: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    env.chmod(0o644)
    found = exposure.of_env(env)
    monkeypatch.setattr(exposure, "of_env", lambda: found)
    (line,) = doctor.env()
    assert (line.verdict, line.what_to_do) == (doctor.Verdict.FAIL, f"chmod 600 {env}")
    weak = {PREFECT_SERVER_API_HOST: "0.0.0.0", PREFECT_SERVER_API_AUTH_STRING: "admin:Mouse-99"}
    with temporary_settings(weak):
        told = asyncio.run(poll._exposed())
    assert {one.kind for one in told} == {"env-exposed", "weak-login"}
    assert ff(["run", "template", "--no-such-option", "1"]) == 2
    said = capsys.readouterr().err
    assert f"chmod 600 {env}" in said
    assert PLANTED not in said + repr(told) + repr(line)
    assert "Mouse" not in repr(told)
