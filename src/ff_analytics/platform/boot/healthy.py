"""Run a command, and end it when its health endpoint stops answering.

A service manager restarts processes that died; this handles processes that hang.
"""

import argparse
import subprocess
import sys
import time
import urllib.request
from signal import SIGTERM, signal
from types import FrameType
from typing import NoReturn

from ff_analytics.platform.log import lines

EVERY, TIMEOUT, FAILURES = 30.0, 10.0, 3
# A first start on a slow machine migrates nothing, but imports for long.
STARTING = 180.0


log = lines(lambda: "healthy: ", stream="stderr")


def answers(url: str, timeout: float) -> bool:
    """True when `url` answers 200 within `timeout` seconds."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def keep(process: "subprocess.Popen[bytes]", url: str, every: float, timeout: float) -> int:
    """Poll until the process ends; its exit code, or 1 when it was ended because it hung."""
    begun, heard, failed = time.monotonic(), False, 0
    while True:
        try:
            return process.wait(every)
        except subprocess.TimeoutExpired:
            pass
        if answers(url, timeout):
            heard, failed = True, 0
            continue
        failed += 1
        log(f"no answer from {url} within {timeout:g} s ({failed} of {FAILURES})")
        if failed >= FAILURES and (heard or time.monotonic() - begun > STARTING):
            log("ending it, so that it is started again")
            return 1


def main() -> int:
    """Parse, run, keep; SIGTERM is passed on."""
    parser = argparse.ArgumentParser(
        prog="python -m ff_analytics.platform.boot.healthy", description=__doc__
    )
    parser.add_argument("--url", required=True)
    parser.add_argument("--every", type=float, default=EVERY, help="seconds between questions")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds for an answer")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    signal(SIGTERM, _stop)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    process = subprocess.Popen(command)
    try:
        return keep(process, options.url, options.every, options.timeout)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
