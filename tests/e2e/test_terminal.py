"""`prefect deploy --all` as a person types it: in a terminal, where Prefect may ask questions."""

import os
import pty
import subprocess
import sys

import pytest

from tests.e2e.conftest import Platform
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)


def test_deploying_in_a_terminal_asks_nothing(platform: Platform) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect", "deploy", "--all"],
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.STDOUT,
        cwd=platform.root,
        env={**os.environ, **platform.env},
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    # Linux ends a terminal that nobody holds any more with an error instead of an empty read.
    try:
        while b"[y/n]" not in said and (more := os.read(ours, 4096)):
            said += more
    except OSError:
        pass
    if b"[y/n]" in said:
        process.kill()
    code = process.wait(30)
    os.close(ours)
    assert b"[y/n]" not in said, said[-500:].decode()
    assert code == 0, said[-500:].decode()
