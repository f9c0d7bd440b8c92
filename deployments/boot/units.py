"""Server, worker and watch as units of a service manager, rendered for one folder and user."""

import re
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deployments.startup import LOOPBACK
from ff_analytics.errors import ConfigError
from ff_analytics.settings import PROJECT_ROOT, get_settings

Manager = Literal["systemd", "launchd"]
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


def units(api_url: str, grace: int) -> list[Unit]:
    """Server (unless it is elsewhere), worker, watch."""
    local = (urlsplit(api_url).hostname or "127.0.0.1") in LOOPBACK
    server = Unit("server", "Prefect server", (PYTHON, "-m", "prefect", "server", "start"))
    after = "server" if local else ""
    # Named by its host: of two workers with one name in a pool, one that dies is not missed.
    which = ("--pool", get_settings().work_pool, "--name", socket.gethostname())
    worker = Unit(
        "worker",
        "Prefect worker",
        (PYTHON, "-m", "prefect", "worker", "start", *which),
        after,
        (PYTHON, "-m", "deployments.local.worker", *which, "--grace", str(grace)),
    )
    watch = Unit("watch", "ff-analytics watch", (PYTHON, "-m", "deployments.watch.loop"), after)
    return [server, worker, watch] if local else [worker, watch]


def _systemd(text: object) -> str:
    """systemd expands %-specifiers in every value."""
    return str(text).replace("%", "%%")


def _systemd_word(text: str) -> str:
    """One word of a command line, quoted where it must be; $ and % stand for themselves."""
    if re.fullmatch(r"[\w./:=+-]+", text, re.ASCII):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_systemd(escaped)}"'


def _environment(escape: bool) -> Environment:
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters |= {"systemd": _systemd, "systemd_word": _systemd_word}
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
