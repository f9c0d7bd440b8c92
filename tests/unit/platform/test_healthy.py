"""A server that lives but does not answer is ended, so that its service manager starts it anew."""

import subprocess
import sys
import time
from pathlib import Path

from ff_analytics.platform.processes.services import free_port

# Answers until the file `silent` exists, then hangs, as a server whose loop is blocked.
SERVER = """
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        while Path(sys.argv[2]).exists():
            time.sleep(0.05)
        self.send_response(200)
        self.end_headers()
        Path(sys.argv[2]).with_suffix(".asked").touch()
    def log_message(self, *words): pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def kept(port: int, silent: Path) -> "subprocess.Popen[str]":
    words = ["-m", "ff_analytics.platform.boot.healthy", "--every=0.1", "--timeout=0.2"]
    words += [f"--url=http://127.0.0.1:{port}/", "--", sys.executable, "-c", SERVER]
    return subprocess.Popen(
        [sys.executable, *words, str(port), str(silent)], stderr=subprocess.PIPE, text=True
    )


def test_what_stops_answering_is_ended_and_what_answers_is_not(tmp_path: Path) -> None:
    silent = tmp_path / "silent"
    keeper = kept(free_port(), silent)
    deadline = time.monotonic() + 20
    while not silent.with_suffix(".asked").exists():
        assert keeper.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    silent.touch()
    said = keeper.communicate(timeout=30)[1]
    assert keeper.returncode == 1
    assert "(3 of 3)" in said
