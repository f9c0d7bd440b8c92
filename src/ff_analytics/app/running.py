"""Where the app runs, and addresses that log in once."""

import json
import os
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import httpx

from ff_analytics.app.web.login import link_key
from ff_analytics.app.web.settings import server_settings
from ff_analytics.engine.base.atomic import replace_text
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings

PORT = 4230
GREETING = "ff-analytics app"


def bound(port: int | None, first: int = PORT) -> socket.socket:
    """A socket of loopback: on the port that was asked for, else on the first free one."""
    for wanted in [port] if port is not None else range(first, first + 50):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", wanted or 0))
        except OSError:
            sock.close()
            continue
        return sock
    what = f"Port {port} is" if port is not None else f"All ports from {first} to {first + 49} are"
    raise ConfigError(f"{what} in use. Give a free one with --port.")


def _note(settings: Settings) -> Path:
    return settings.data / "app.json"


def note(settings: Settings, port: int) -> None:
    """Write down where this process serves."""
    replace_text(_note(settings), json.dumps({"port": port, "pid": os.getpid()}))


def forget(settings: Settings) -> None:
    """Take the note away if it is ours."""
    with suppress(OSError, ValueError, KeyError):
        if json.loads(_note(settings).read_text())["pid"] == os.getpid():
            _note(settings).unlink()


def is_app(port: int) -> bool:
    """True when an app answers on that port of this machine."""
    try:
        with httpx.Client(timeout=2.0, trust_env=False) as client:
            return client.get(f"http://127.0.0.1:{port}/health").text == GREETING
    except httpx.HTTPError:
        return False


def port_of(settings: Settings) -> int | None:
    """Port of the app over these data; None when none runs."""
    try:
        port = int(json.loads(_note(settings).read_text())["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return port if is_app(port) else None


def entry(port: int, path: str = "/") -> str:
    """An address that opens `path` without a password, once and within two minutes.

    Raises `ConfigError` when `.env` holds no login.
    """
    asked = {"key": link_key(server_settings().login())} | ({"next": path} if path != "/" else {})
    return f"http://127.0.0.1:{port}/enter?{urlencode(asked)}"
