"""Which runs the watch may call dead from the process table alone."""

import os
import socket
import subprocess
import sys

import pytest

from deployments.watch.observe import process_gone

LOCAL = "http://127.0.0.1:4200/api"
REMOTE = "https://prefect.example.org/api"


@pytest.fixture
def dead_pid() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_dead_process_of_this_machine_is_gone(dead_pid: int) -> None:
    assert process_gone(str(dead_pid), LOCAL)
    assert process_gone(f"{socket.gethostname()}:{dead_pid}", REMOTE)


def test_a_living_process_is_not() -> None:
    assert not process_gone(str(os.getpid()), LOCAL)


def test_nothing_is_said_of_other_machines(dead_pid: int) -> None:
    assert not process_gone(str(dead_pid), REMOTE)
    assert not process_gone(f"elsewhere:{dead_pid}", LOCAL)
    assert not process_gone(None, LOCAL)
    assert not process_gone("container-3f2a", LOCAL)
