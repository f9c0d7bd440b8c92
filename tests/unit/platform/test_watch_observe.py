"""Which runs the watch may call dead from the process table alone."""

import socket
import subprocess
import sys
from typing import Any

import pytest
from prefect.settings import (
    PREFECT_API_DATABASE_CONNECTION_URL,
    PREFECT_API_URL,
    PREFECT_SERVER_API_HOST,
    temporary_settings,
)

from ff_analytics.platform.watch.observe import of_this_machine_alone, process_alive

LOCAL = "http://127.0.0.1:4200/api"
REMOTE = "https://prefect.example.org/api"
POSTGRES = "postgresql+asyncpg://prefect@db.example.org/prefect"


@pytest.fixture
def dead_pid() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_dead_process_of_this_machine_is_gone(dead_pid: int) -> None:
    assert process_alive(str(dead_pid), alone=True) is False
    assert process_alive(f"{socket.gethostname()}:{dead_pid}", alone=False) is False


def test_a_living_run_is_alive_and_another_process_with_its_pid_is_not_it() -> None:
    waits = [sys.executable, "-c", "input()", "-m", "prefect.engine"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE) as run:
        assert process_alive(str(run.pid), alone=True) is True
        run.kill()
    assert process_alive("1", alone=True) is False


def test_nothing_is_said_of_other_machines(dead_pid: int) -> None:
    for recorded, alone in (
        (str(dead_pid), False),
        (f"elsewhere:{dead_pid}", True),
        (None, True),
        ("container-3f2a", True),
    ):
        assert process_alive(recorded, alone) is None


@pytest.mark.parametrize(
    ("values", "alone"),
    [
        ({PREFECT_API_URL: LOCAL}, True),
        ({PREFECT_API_URL: REMOTE}, False),
        ({PREFECT_API_URL: LOCAL, PREFECT_SERVER_API_HOST: "0.0.0.0"}, False),
        ({PREFECT_API_URL: LOCAL, PREFECT_API_DATABASE_CONNECTION_URL: POSTGRES}, False),
    ],
)
def test_only_behind_loopback_and_on_sqlite_are_all_workers_here(
    values: dict[Any, str], alone: bool
) -> None:
    with temporary_settings({PREFECT_SERVER_API_HOST: "127.0.0.1"} | values):
        assert of_this_machine_alone() is alone
