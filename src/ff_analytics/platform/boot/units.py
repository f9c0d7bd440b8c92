"""Server, worker, watch and app as units of a service manager, rendered for one folder and user.

On one machine: server, worker, watch, app. On several each has its roles: `api` replicas and
`services` instead of the server that is both, workers where there is room, the watch once.
"""

import re
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT, get_settings
from ff_analytics.platform.loopback import LOOPBACK

TEMPLATES = PROJECT_ROOT / "deployments" / "boot"

Manager = Literal["systemd", "launchd"]
Role = Literal["server", "api", "services", "worker", "watch", "app"]
ROLES = get_args(Role)
# A python of the virtual environment, by its path there: drain knows its workers by it.
PYTHON = str(Path(sys.prefix) / "bin" / "python")


@dataclass(frozen=True)
class Unit:
    """One process that is kept running. `own_drain` is its command where nothing else drains."""

    name: str
    title: str
    command: tuple[str, ...]
    after: str = ""
    own_drain: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()

    @property
    def drains(self) -> bool:
        return bool(self.own_drain)


@dataclass(frozen=True)
class Place:
    """For whom the units are: folder, account (None = units of the user himself), names."""

    home: Path = PROJECT_ROOT
    user: str | None = None
    prefix: str = "ff-analytics"
    logs: Path = PROJECT_ROOT / "data" / "logs"
    grace: int = 300

    def __post_init__(self) -> None:
        if any(not char.isprintable() for char in f"{self.home}{self.logs}{self.user or ''}"):
            raise ConfigError(f"{str(self.home)!r}: a unit cannot name a path with control signs.")
        if not self.prefix.replace("-", "").replace(".", "").isalnum():
            raise ConfigError(f"--name {self.prefix!r}: use letters, digits, hyphens and dots.")


def _api(number: int, host: str, port: int) -> Unit:
    """A replica with a health check; only the first one registers Prefect's block types.

    On a new database two replicas that do so at once conflict, and one exits. Each
    has its own copy of the pages, because two that create one at once can corrupt it.
    """
    pages = get_settings().data_dir.absolute() / "prefect-ui" / str(port)
    environment = [f"PREFECT_SERVER_UI_STATIC_DIRECTORY={pages}"]
    if number > 0:
        environment.append("PREFECT_SERVER_REGISTER_BLOCKS_ON_START=false")
    asked = ("--url", f"http://{host}:{port}/api/health", "--")
    start = (PYTHON, "-m", "prefect", "server", "start", "--no-services", "--port", str(port))
    return Unit(
        f"api-{port}",
        f"Prefect API on port {port}",
        (PYTHON, "-m", "ff_analytics.platform.boot.healthy", *asked, *start),
        environment=tuple(environment),
    )


def roles_here(api_url: str) -> list[Role]:
    """Worker and watch; and server and app, unless the server is elsewhere."""
    local = (urlsplit(api_url).hostname or "127.0.0.1") in LOOPBACK
    return ["server", "worker", "watch", "app"] if local else ["worker", "watch"]


def units(
    roles: Sequence[Role],
    grace: int,
    api_ports: Sequence[int] = (4200,),
    api_host: str = "127.0.0.1",
) -> list[Unit]:
    """The units of these roles, in the order of their start; `api_host` is what replicas bind."""
    # One that is bound to all addresses answers on loopback.
    asked_at = "127.0.0.1" if api_host in ("0.0.0.0", "::") else api_host
    prefect = (PYTHON, "-m", "prefect")
    chosen = []
    if "server" in roles:
        chosen.append(Unit("server", "Prefect server", (*prefect, "server", "start")))
    if "api" in roles:
        chosen += [_api(number, asked_at, port) for number, port in enumerate(api_ports)]
    if "services" in roles:
        command = (*prefect, "server", "services", "start")
        chosen.append(Unit("services", "Prefect background services", command))
    after = chosen[0].name if chosen else ""
    # Named by its host: of two workers with one name in a pool, one that dies is not missed.
    which = ("--pool", get_settings().work_pool, "--name", socket.gethostname())
    worker = Unit(
        "worker",
        "Prefect worker",
        (*prefect, "worker", "start", *which),
        after,
        (PYTHON, "-m", "ff_analytics.platform.local.worker", *which, "--grace", str(grace)),
        environment=("FF_WATCH=false",) if "watch" in roles else (),
    )
    watch = Unit("watch", "ff-analytics watch", (PYTHON, "-m", "ff_analytics.cli", "watch"), after)
    app = Unit("app", "ff-analytics app", (PYTHON, "-m", "ff_analytics.app"), after)
    return chosen + [unit for unit in (worker, watch, app) if unit.name in roles]


def units_here(
    roles: Sequence[Role] | None, grace: int = 300, api_ports: Sequence[int] = (4200,)
) -> list[Unit]:
    """The units of this host for Prefect's settings; without roles the suitable ones."""
    from prefect.settings import get_current_settings

    prefect = get_current_settings()
    chosen = roles or roles_here(str(prefect.api.url or ""))
    return units(chosen, grace, api_ports, prefect.server.api.host)


def _systemd(text: object) -> str:
    """systemd expands %-specifiers in every value."""
    return str(text).replace("%", "%%")


def _systemd_assignment(text: str) -> str:
    """NAME=value for `Environment=`, quoted if necessary; % is escaped."""
    if re.fullmatch(r"[\w./:=+-]+", text, re.ASCII):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_systemd(escaped)}"'


def _systemd_word(text: str) -> str:
    """One word of a command line, in which $ is escaped, too."""
    return _systemd_assignment(text).replace("$", "$$")


def _environment(escape: bool) -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters |= {
        "systemd": _systemd,
        "systemd_word": _systemd_word,
        "systemd_assignment": _systemd_assignment,
    }
    return env


def render(manager: Manager, place: Place, chosen: list[Unit]) -> dict[str, str]:
    """Content by file name."""
    template, ending = {
        "systemd": ("systemd.service.j2", "service"),
        "launchd": ("launchd.plist.j2", "plist"),
    }[manager]
    made = _environment(manager == "launchd").get_template(template)
    values = {name: getattr(place, name) for name in ("home", "user", "prefix", "logs", "grace")}
    return {
        f"{place.prefix}-{unit.name}.{ending}": made.render(unit=unit, python=PYTHON, **values)
        for unit in chosen
    }
