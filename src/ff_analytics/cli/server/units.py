"""`ff units`: write what starts server, worker and watch with the machine."""

import getpass
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, out, typed_path
from ff_analytics.cli.options import PLAIN
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.platform.boot.units import ROLES, Manager, Place, Role, render, units_here

app = App(
    name="units",
    help_epilogue="""\
Examples:
  ff units --dry-run  the files, and where they would go
  ff units  write them, print how to switch them on
  ff units --roles api,services,watch --api-ports 4201,4202""",
    **PLAIN,
)
_FOLDERS: dict[tuple[Manager, str], Path] = {
    ("systemd", "user"): Path.home() / ".config" / "systemd" / "user",
    ("systemd", "system"): Path("/etc/systemd/system"),
    ("launchd", "user"): Path.home() / "Library" / "LaunchAgents",
    ("launchd", "system"): Path("/Library/LaunchDaemons"),
}


def next_steps(manager: Manager, scope: str, folder: Path, names: list[str]) -> list[str]:
    """The commands that switch the written units on."""
    if manager == "launchd":
        domain = "system" if scope == "system" else "gui/$(id -u)"
        return [f"launchctl bootstrap {domain} {folder / name}" for name in names]
    control = "systemctl" if scope == "system" else "systemctl --user"
    lines = [f"{control} daemon-reload", f"{control} enable --now {' '.join(names)}"]
    if scope == "user":
        # Without it the units start when the user logs in, and stop when he logs out.
        lines.append(f"loginctl enable-linger {getpass.getuser()}")
    return lines


def write(files: dict[str, str], folder: Path) -> None:
    """Write what differs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        target = folder / name
        same = target.exists() and target.read_text() == text
        if not same:
            target.write_text(text)
        out(f"{'in place' if same else 'wrote   '}  {target}")


def _of_roles(text: str | None) -> list[Role] | None:
    if text is None:
        return None
    if wrong := set(text.split(",")) - set(ROLES):
        raise UsageError(f"--roles: {', '.join(sorted(wrong))} is not one of {', '.join(ROLES)}.")
    return [role for role in ROLES if role in text.split(",")]


def _of_ports(text: str) -> list[int]:
    try:
        return [int(port) for port in text.split(",")]
    except ValueError:
        raise UsageError(f"--api-ports {text!r} is no list of ports; write 4201,4202.") from None


@app.default
def make(
    *,
    dry_run: Annotated[bool, Parameter(help="Print the files instead.")] = False,
    manager: Annotated[
        Manager | None, Parameter(help="Empty = launchd on macOS, systemd elsewhere.")
    ] = None,
    scope: Annotated[
        Literal["user", "system"],
        Parameter(help="user: in your own folder; system: for all, needs root to write."),
    ] = "user",
    user: Annotated[str | None, Parameter(help="Account, with --scope system.")] = None,
    name: Annotated[str, Parameter(help="How the units' names begin.")] = "ff-analytics",
    to: Annotated[str | None, Parameter(help="Another folder to write to.")] = None,
    grace: Annotated[int, Parameter(help="Seconds that runs get at a stop.")] = 300,
    roles: Annotated[
        str | None, Parameter(help=f"Of {', '.join(ROLES)}, with commas; empty = what fits here.")
    ] = None,
    api_ports: Annotated[
        str, Parameter(help="Role api: a replica on each, e.g. 4201,4202.")
    ] = "4200",
) -> int:
    """See the table of commands."""
    kind: Manager = manager or ("launchd" if sys.platform == "darwin" else "systemd")
    folder = typed_path(to) if to else _FOLDERS[kind, scope]
    place = Place(
        user=(user or getpass.getuser()) if scope == "system" else None,
        prefix=name,
        logs=get_settings().data / "logs",
        grace=grace,
    )
    made = units_here(_of_roles(roles), grace, _of_ports(api_ports))
    files = render(kind, place, made)
    if dry_run:
        for file, text in files.items():
            out(f"### {folder / file}\n{text}")
        return 0
    try:
        write(files, folder)
        # launchd does not make the folder of its logs.
        place.logs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder} could not be written ({error.strerror}).") from None
    out("\nSwitch them on:")
    for line in next_steps(kind, scope, folder, list(files)):
        out(f"  {line}")
    return 0
