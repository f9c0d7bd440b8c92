"""A worker that drains on SIGTERM and Ctrl-C, where nothing else can do so for it.

systemd has a stop command for that; launchd and containers only send SIGTERM, and a terminal
SIGINT. Prefect's worker kills its runs on both.
"""

import argparse
import signal
import socket
import subprocess
import sys
from types import FrameType
from typing import NoReturn

from ff_analytics.engine.base.settings import get_settings
from ff_analytics.platform.local.drain import drain

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def main() -> int:
    """Run a worker until it ends, or until a signal; then let its runs finish first."""
    parser = argparse.ArgumentParser(
        prog="python -m ff_analytics.platform.local.worker", description=__doc__
    )
    parser.add_argument("--pool", default=get_settings().work_pool)
    parser.add_argument("--name", default=socket.gethostname())
    parser.add_argument("--grace", type=float, default=300, help="seconds that runs may take")
    parser.add_argument("--with-healthcheck", action="store_true", help="answer /health on 8080")
    options = parser.parse_args()
    for number in SIGNALS:
        signal.signal(number, _stop)
    command = ["prefect", "worker", "start", "--pool", options.pool, "--name", options.name]
    command += ["--with-healthcheck"] if options.with_healthcheck else []
    # In a session of its own: a signal to our whole group would reach the worker before us.
    worker = subprocess.Popen([sys.executable, "-m", *command], start_new_session=True)
    try:
        return worker.wait()
    finally:
        # A second signal must not cut the drain short.
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        if worker.poll() is None:
            drain(options.pool, options.grace, worker.pid)
            worker.wait(30)


if __name__ == "__main__":
    sys.exit(main())
