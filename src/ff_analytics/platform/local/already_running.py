"""What of the platform runs already, so that a second quickstart starts nothing twice."""

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.platform import env_file
from ff_analytics.platform.api import rest
from ff_analytics.platform.local.drain import workers
from ff_analytics.platform.processes import services, watch_process
from ff_analytics.platform.processes.process_table import processes


def choose_port(asked: int | None) -> tuple[int, bool]:
    """Port and whether our server already answers there.

    Raises `ConfigError` when the requested port belongs to another program or folder.
    """
    known = env_file.read()
    login = known.get("PREFECT_API_AUTH_STRING")
    last = int(known.get("PREFECT_SERVER_API_PORT", env_file.DEFAULT_PORT))
    port = asked or last
    url = f"http://127.0.0.1:{port}/api"
    state = services.api_state(url, login)
    # A server without a login is not the one of this folder, which has one.
    if state == "ours" and not (login and services.api_state(url, None) == "ours"):
        return port, True
    if services.free_port_is(port):
        return port, False
    if asked:
        if state in ("ours", "locked"):
            raise ConfigError(
                f"On port {asked} runs the Prefect server of another folder or user: it does not "
                "take the login of this one. Give a free port: scripts/quickstart --port N, or "
                "leave --port out."
            )
        raise ConfigError(
            f"Port {asked} is in use by another program. Give a free one: "
            "scripts/quickstart --port N, or leave --port out."
        )
    return services.free_port(env_file.DEFAULT_PORT), False


@contextmanager
def only_quickstart(settings: Settings) -> Iterator[bool]:
    """True inside for one quickstart of this data folder; the kernel frees it at any end."""
    file = settings.data / "quickstart.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def worker_runs(pool: str) -> bool:
    """Whether a worker of this checkout works for the server in use.

    The server calls a worker online for a minute after its end, and a process may be a worker of
    another server: both have to agree.
    """
    with rest.client() as api:
        found = api.all(f"/work_pools/{quote(pool)}/workers/filter")
    online = {row["name"] for row in found if row.get("status") == "ONLINE"}
    table = processes()
    live = set(workers(pool, table))
    commands = [process.command for process in table if process.pid in live]
    named = [re.search(r"--name[ =](\S+)", command) for command in commands]
    # A worker without a name of its own is called by Prefect, as its command does not tell.
    unnamed = any(name.startswith("ProcessWorker ") for name in online)
    return any(unnamed if match is None else match[1] in online for match in named)


def watch_runs(folder: Path) -> bool:
    """Whether a watch looks after this folder."""
    with watch_process.only_watch(folder) as free:
        return not free
