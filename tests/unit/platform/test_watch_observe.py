"""Which runs the watch may call dead from the process table alone."""

import socket
import subprocess
import sys

import pytest

from deployments.watch.observe import process_alive

LOCAL = "http://127.0.0.1:4200/api"
REMOTE = "https://prefect.example.org/api"


@pytest.fixture
def dead_pid() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_dead_process_of_this_machine_is_gone(dead_pid: int) -> None:
    assert process_alive(str(dead_pid), LOCAL) is False
    assert process_alive(f"{socket.gethostname()}:{dead_pid}", REMOTE) is False


def test_a_living_run_is_alive_and_another_process_with_its_pid_is_not_it() -> None:
    waits = [sys.executable, "-c", "input()", "-m", "prefect.engine"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE) as run:
        assert process_alive(str(run.pid), LOCAL) is True
        run.kill()
    assert process_alive("1", LOCAL) is False


def test_nothing_is_said_of_other_machines(dead_pid: int) -> None:
    for recorded, url in (
        (str(dead_pid), REMOTE),
        (f"elsewhere:{dead_pid}", LOCAL),
        (None, LOCAL),
        ("container-3f2a", LOCAL),
    ):
        assert process_alive(recorded, url) is None
