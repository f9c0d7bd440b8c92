"""Serve the app: `python -m ff_analytics.app [--port N]`; `ff open` opens it."""

import argparse
import sys
import threading
import webbrowser
from collections.abc import Sequence

from ff_analytics.app import running
from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.settings import get_settings


def serve(port: int | None = None, *, browse: bool = False) -> None:
    """Serve until the process is stopped. Raises `ConfigError` without a login or a free port."""
    import uvicorn

    from ff_analytics.app.serve import create_app, warm
    from ff_analytics.engine.read.query.locked import prefetch_instances

    settings = get_settings()
    prefetch_instances()
    app = create_app(settings)
    with running.bound(port) as sock:
        at = int(sock.getsockname()[1])
        running.note(settings, at)
        warm(app, settings)
        entry = running.entry(at)
        # An address that logs in belongs on a screen, not in a log.
        where = entry if sys.stdout.isatty() or browse else f"http://127.0.0.1:{at}/"
        sys.stdout.write(f"The app: {where}\nCtrl-C stops it.\n")
        sys.stdout.flush()
        if browse:
            # The socket listens only once the server runs; browsers try again for a while.
            threading.Timer(1.0, webbrowser.open, [entry]).start()
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, ws="none"
        )
        try:
            uvicorn.Server(config).run(sockets=[sock])
        finally:
            running.forget(settings)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse and serve; 2 for a wrong configuration."""
    parser = argparse.ArgumentParser(prog="python -m ff_analytics.app", description=__doc__)
    parser.add_argument("--port", type=int, help="port on loopback (default: 4230, or the next)")
    options = parser.parse_args(arguments)
    try:
        serve(options.port)
    except FFError as error:
        sys.stderr.write(f"app: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
