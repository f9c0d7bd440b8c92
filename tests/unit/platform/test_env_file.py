"""`.env`: written once, kept afterwards, private."""

import stat
from pathlib import Path

from ff_analytics.platform import env_file


def test_first_write_has_a_password_on_both_sides(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert env_file.ensure(file) is True
    values = env_file.read(file)
    assert values["PREFECT_API_AUTH_STRING"] == values["PREFECT_SERVER_API_AUTH_STRING"]
    assert len(values["PREFECT_API_AUTH_STRING"]) > 20
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_start_keeps_password_and_own_lines(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    env_file.ensure(file)
    file.write_text(file.read_text() + "# mine\nFF_LEAGUE=redraft_ppr\n")
    before = file.read_text()
    assert env_file.ensure(file) is False
    assert file.read_text() == before


def test_another_port_changes_only_its_lines(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    env_file.ensure(file)
    before = env_file.read(file)
    env_file.update(env_file.for_port(4300), file)
    after = env_file.read(file)
    assert after["PREFECT_API_URL"] == "http://127.0.0.1:4300/api"
    assert after["PREFECT_API_AUTH_STRING"] == before["PREFECT_API_AUTH_STRING"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_remote_server_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    text = "PREFECT_API_URL=https://api.example.org/api\nPREFECT_API_KEY=k\n"
    file.write_text(text)
    env_file.ensure(file)
    assert file.read_text() == text
